// What a stage is judged by, as the database says it and as the judge reads it.
import { describe, expect, it } from 'vitest';
import { parse } from '../../src/shared/contracts/parse.ts';
import { rolloutEvidenceSchema } from '../../src/shared/contracts/rollout-evidence.ts';
import { judgeRollout } from '../../src/shared/rollout/judge-rollout.ts';
import { differingSums } from './support/pair-sums.ts';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import {
  addBar,
  addForecastOf,
  BASELINE,
  CANDIDATE,
  CRITERIA,
  evaluate,
  startRollout,
} from './support/rollout-rows.ts';
import { addBars, addJob, addRun, addWindow, claim } from './support/rows.ts';

/** Monday, before the session. */
const SINCE = '2026-07-13T06:00:00Z';
const day = (date: number, time = '00:00:00') => `2026-07-${date}T${time}Z`;

async function evidence(sql: Transaction, now?: string) {
  const [{ document }] =
    now === undefined
      ? await sql`select public.rollout_evidence() as document`
      : await sql`select internal.rollout_evidence(${now}) as document`;
  return parse(rolloutEvidenceSchema, document, 'The evidence');
}

/** The forecasts that were to be there; those that were, without a symbol and by count. */
async function expectedForecasts(sql: Transaction, now: string) {
  return await sql`
    select f.symbol, f.horizon, f.ensemble, f.session_date::text, f.data_cutoff, f.deadline, f.state, f.forecasts
    from public.rollouts r, internal.expected_forecasts(r.id, r.stage_started_at, ${now}) f
    where f.state <> 'nothing_due' order by f.deadline, f.symbol nulls first, f.horizon, f.ensemble`;
}

/** Bars of a week and forecasts of both from each, in time; the last one's outcome is to come. */
async function addWeek(sql: Transaction, symbol: string, mean: number): Promise<void> {
  for (let date = 13; date <= 17; date++)
    await addBar(sql, { symbol, time: day(date), came: day(date, '20:30:00'), close: 100 + date });
  for (let date = 13; date <= 17; date++)
    for (const ensemble of ['candidate', 'baseline'] as const)
      await addForecastOf(sql, {
        ...{ symbol, ensemble, cutoff: day(date), issued: day(date, '21:00:00') },
        mean: ensemble === 'candidate' ? mean : 0,
      });
  await sql`select internal.score_outcomes()`;
}

describe('the evidence', () => {
  it(
    'is what the judge’s schema takes, before anything has happened',
    rolledBack(async (sql) => {
      expect((await refusalOf(sql, (inner) => inner`select public.rollout_evidence()`)).code).toBe(
        'no_rollout',
      );
      const tests = { passed: 900, failed: 1 };
      const health = { 'run-health': { p95_ms: 12.5, n: 20 } };
      const { rollout_id } = await startRollout(sql, { tests, health });
      const found = await evidence(sql);
      expect(found.rollout).toMatchObject({
        ...{ id: rollout_id, status: 'running', stage: 'canary', commit_hash: 'abcdef0', tests },
        ...{ candidate_hash: CANDIDATE, baseline_hash: BASELINE },
      });
      expect(found.symbols).toEqual(['AAPL', 'MSFT', 'SPY'].map((symbol) => ({ symbol, horizons: ['1D'] })));
      expect(found.health.captured).toEqual(health);
      expect([found.expected.sessions, found.compared.origins, found.windows, found.approvals]).toEqual([
        ...[[], [], [], []],
      ]);
      expect(found.errors).toEqual({ count: 0, latest: [] });
      expect(found.expected.nothing_due.count).toBe(3);
      expect(found.criteria.largest_divergence).toBe(0.25);
      expect(judgeRollout(found, '0.3.0').criteria.map(({ criterion }) => criterion)).toEqual(CRITERIA);
    }),
  );

  it(
    'times are in UTC whatever the session says',
    rolledBack(async (sql) => {
      await sql`set local timezone = 'Asia/Tokyo'`;
      await startRollout(sql, { since: SINCE });
      const [{ document }] = await sql`select public.rollout_evidence() as document`;
      expect(document.rollout.stage_started_at).toBe('2026-07-13T06:00:00+00:00');
      expect(document.evidence_at).toMatch(/\+00:00$/);
    }),
  );

  it(
    'compares both ensembles on the same bars with what came true, of this stage and of these configurations',
    rolledBack(async (sql) => {
      const compared = async () => {
        await sql`select internal.compare_pairs(100)`;
        return (await evidence(sql, day(18))).compared;
      };
      const scoreAnew = () => sql`update public.forecast_outcomes set scored_at = scored_at`;
      await startRollout(sql, { since: SINCE });
      await addWeek(sql, 'AAPL', 0.002);
      expect(await evidence(sql, day(18))).toMatchObject({ compared: { origins: [], waiting: 4 } });
      const { origins, waiting } = await compared();
      expect(waiting).toBe(0);
      expect(origins.map(({ horizon, data_cutoff, pairs }) => [horizon, data_cutoff, pairs])).toEqual(
        [13, 14, 15, 16].map((date) => ['1D', `2026-07-${date}T00:00:00+00:00`, 1]),
      );
      // Half the distance between the places 168 and 32 of a uniform distribution.
      const scale = 68 * 0.0002;
      const came = Math.log(114 / 113);
      expect(origins[0].squares.candidate).toBeCloseTo(((came - 0.002) / scale) ** 2, 10);
      expect(origins[0].squares.baseline).toBeCloseTo((came / scale) ** 2, 10);
      expect(origins[0].squares.difference).toBeCloseTo((0.002 / scale) ** 2, 10);

      // Neither what was issued before the stage, nor what one of them lacks, nor another configuration.
      await sql`update public.forecasts set issued_at = ${day(13, '05:59:59')} where data_cutoff = ${day(13)} and ensemble = 'baseline'`;
      await sql`delete from public.forecasts where data_cutoff = ${day(14)} and ensemble = 'baseline'`;
      await sql`delete from public.forecasts where data_cutoff = ${day(15)} and ensemble = 'candidate'`;
      await scoreAnew();
      expect((await compared()).origins).toHaveLength(1);
      // Nor a symbol that the rollout has not reached.
      await addWeek(sql, 'NVDA', 0);
      expect((await compared()).origins.map(({ pairs }) => pairs)).toEqual([1]);
      // Restated bars are another outcome.
      await sql`update public.bars set open = 2 * open, high = 2 * high, low = 2 * low, close = 2 * close, ingested_at = ${day(20)} where bar_time = ${day(17)}`;
      await sql`select internal.score_outcomes()`;
      expect((await compared()).origins[0].squares.baseline).toBeGreaterThan(100);
    }),
  );

  it(
    'sums what is kept of pairs, whatever was added, restated and deleted since',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      const kept = async () => {
        const { differing, series, origins } = await differingSums(sql);
        expect(differing).toEqual([]);
        return [series, origins];
      };
      const compare = (most: number) => sql`select internal.compare_pairs(${most})`;
      for (const [i, symbol] of ['SPY', 'AAPL', 'MSFT'].entries()) {
        await addWeek(sql, symbol, 0.0011 * i);
        expect((await kept())[0]).toBe(i + 1);
      }
      // A part of each origin, then the rest.
      for (const [most, origins] of [
        [5, 4],
        [100, 4],
      ] as const) {
        await compare(most);
        expect(await kept()).toEqual([3, origins]);
      }

      // Restated bars take the pairs out until they are compared anew.
      await sql`
        update public.bars set open = 1.01 * open, high = 1.01 * high, low = 1.01 * low, close = 1.01 * close, ingested_at = ${day(20)}
        where bar_time = ${day(15)} and symbol_id in (select id from public.symbols where symbol in ('AAPL', 'SPY'))`;
      await sql`select internal.score_outcomes()`;
      expect(await kept()).toEqual([3, 4]);
      expect((await evidence(sql, day(21))).compared.origins.map(({ pairs }) => pairs)).toEqual([3, 1, 1, 3]);
      await compare(1);
      await kept();
      await compare(100);
      expect(await kept()).toEqual([3, 4]);

      // The baseline's comes after the candidate's, and goes again.
      await sql`delete from public.forecasts where data_cutoff = ${day(13)} and ensemble = 'baseline'`;
      expect(await kept()).toEqual([3, 3]);
      for (const symbol of ['MSFT', 'AAPL'])
        await addForecastOf(sql, {
          ...{ symbol, ensemble: 'baseline', cutoff: day(13), issued: day(13, '21:10:00'), mean: 0.0007 },
        });
      await sql`select internal.score_outcomes()`;
      await kept();
      await compare(100);
      expect(await kept()).toEqual([3, 4]);
      // What has no width cannot be compared.
      await sql`update public.forecasts set return_quantiles = array_fill(0.001::double precision, '{199}') where ensemble = 'baseline' and symbol = 'SPY'`;
      await sql`update public.forecast_outcomes set scored_at = scored_at`;
      await compare(100);
      await kept();
      const { compared } = await evidence(sql, day(21));
      expect(compared.unusable).toMatchObject({
        count: 3,
        latest: [14, 15, 16].map((date) => ({
          symbol: 'SPY',
          data_cutoff: `2026-07-${date}T00:00:00+00:00`,
        })),
      });

      for (const symbol of ['SPY', 'AAPL', 'MSFT']) {
        await sql`delete from public.forecasts where symbol = ${symbol} and ensemble = 'candidate'`;
        await kept();
      }
      expect(await kept()).toEqual([0, 0]);
    }),
  );

  it(
    'has no gap between two stages: a forecast that was due when one was left is expected by the next, where both know it',
    rolledBack(async (sql) => {
      await sql`update public.symbols set horizons = '{1D,4h}' where symbol in ('AAPL', 'NVDA')`;
      await startRollout(sql, { symbols: ['AAPL'], since: SINCE });
      await addWeek(sql, 'AAPL', 0);
      await addWeek(sql, 'NVDA', 0);
      await sql`select public.promote_rollout('Ada', 'a test', true)`;
      // After Tuesday's close, before its forecasts are due.
      await sql`update public.rollouts set stage_started_at = ${day(14, '21:30:00')}, stage_due_at = ${day(21)}`;
      await sql`delete from public.forecasts where symbol = 'AAPL' and data_cutoff = ${day(14)} and ensemble = 'candidate'`;
      const expected = async () =>
        (await expectedForecasts(sql, day(14, '22:00:00'))).map(
          ({ symbol, horizon, ensemble, state, forecasts }) =>
            `${symbol ?? forecasts} ${horizon} ${ensemble} ${state}`,
        );
      expect(await expected()).toEqual(['1 1D baseline there', 'AAPL 1D candidate forecast_missing']);
      await sql`update public.rollouts set stage_started_at = ${day(14, '21:45:00')}`;
      expect(await expected()).toEqual([]);
    }),
  );

  it(
    'a forecast made anew on restated bars was there in time when its run was',
    rolledBack(async (sql) => {
      await startRollout(sql, { symbols: ['AAPL'], since: SINCE });
      await addWeek(sql, 'AAPL', 0);
      const state = async () =>
        (await expectedForecasts(sql, day(15, '12:00:00'))).find(
          ({ ensemble, session_date }) => ensemble === 'candidate' && session_date === '2026-07-14',
        )?.state;
      await sql`update public.bars set ingested_at = ${day(15, '10:00:00')} where bar_time = ${day(13)}`;
      await sql`update public.forecasts set issued_at = ${day(15, '10:05:00')} where data_cutoff = ${day(14)} and ensemble = 'candidate'`;
      expect(await state()).toBe('late');
      const run = await addRun(sql, 'forecast', 'AAPL');
      await sql`
        update public.runs set status = 'succeeded', started_at = ${day(14, '20:40:00')}, finished_at = ${day(14, '21:45:01')}, data_cutoff = ${day(14)}
        where id = ${run}`;
      expect(await state()).toBe('late');
      await sql`update public.runs set finished_at = ${day(14, '21:45:00')} where id = ${run}`;
      expect(await state()).toBe('there');
    }),
  );

  it(
    'expects a forecast of each from every session, and says how each stands',
    rolledBack(async (sql) => {
      await startRollout(sql, { symbols: ['AAPL'], since: SINCE });
      await addWeek(sql, 'AAPL', 0);
      const states = async (now: string) =>
        (await expectedForecasts(sql, now))
          .map(({ ensemble, session_date, state }) => [session_date.slice(8), ensemble, state])
          .sort()
          .map(([date, ensemble, state]) => `${ensemble} ${date} ${state}`);
      expect(await states(day(13, '21:44:59'))).toEqual([]);
      expect(await states(day(13, '21:45:00'))).toEqual(['baseline 13 there', 'candidate 13 there']);
      await sql`update public.forecasts set issued_at = ${day(14, '21:45:01')} where data_cutoff = ${day(14)} and ensemble = 'candidate'`;
      await sql`delete from public.forecasts where data_cutoff = ${day(15)} and ensemble = 'baseline'`;
      await sql`delete from public.bars where bar_time = ${day(16)}`;
      await sql`delete from public.forecasts where data_cutoff = ${day(16)}`;
      await sql`update public.bars set ingested_at = ${day(18)} where bar_time = ${day(17)}`;
      await sql`delete from public.forecasts where data_cutoff = ${day(17)} and ensemble = 'candidate'`;
      expect(await states(day(19))).toEqual([
        ...['baseline 13 there', 'candidate 13 there', 'baseline 14 there', 'candidate 14 late'],
        ...[
          'baseline 15 forecast_missing',
          'candidate 15 there',
          'baseline 16 bar_missing',
          'candidate 16 bar_missing',
        ],
        // The bar of the 17th is of the 18th now, and was there all the same: the baseline made its forecast from it.
        ...['baseline 17 there', 'candidate 17 forecast_missing'],
      ]);
      await sql`delete from public.forecasts where data_cutoff = ${day(17)}`;
      expect((await states(day(19))).slice(-2)).toEqual([
        'baseline 17 bar_missing',
        'candidate 17 bar_missing',
      ]);
      await sql`
        insert into public.rollout_events (rollout_id, kind, actor, reason, subject)
        select id, 'forecast_missing', 'automatic', 'a test', 'AAPL 1D candidate 2026-07-17' from public.rollouts`;
      expect((await states(day(19))).at(-1)).toBe('candidate 17 forecast_missing');
    }),
  );

  it(
    'does not take the forecasts of symbols that the rollout has not reached for those that are missing, however many there are',
    rolledBack(async (sql) => {
      await startRollout(sql, { symbols: ['AAPL', 'MSFT'], since: SINCE });
      for (const symbol of ['AAPL', 'MSFT', 'NVDA']) await addWeek(sql, symbol, 0);
      await sql`delete from public.forecasts where symbol = 'MSFT' and ensemble = 'candidate' and data_cutoff = ${day(14)}`;
      const ofTuesday = async () =>
        (await expectedForecasts(sql, day(15, '12:00:00')))
          .filter(({ session_date }) => session_date === '2026-07-14')
          .map(({ ensemble, symbol, state, forecasts }) => `${ensemble} ${symbol} ${state} ${forecasts}`);
      const found = ['baseline null there 2', 'candidate null there 1', 'candidate MSFT forecast_missing 1'];
      expect((await ofTuesday()).sort()).toEqual([...found].sort());
      // Of so many the others are not counted.
      await sql`insert into public.symbols (symbol) select 'X' || n from generate_series(1, 120) n`;
      expect((await ofTuesday()).sort()).toEqual([...found].sort());
    }),
  );

  it(
    'goes by the exchange’s calendar over every horizon',
    rolledBack(async (sql) => {
      await sql`update public.symbols set horizons = '{1D,4h,8h}' where symbol = 'AAPL'`;
      await sql`update public.settings set value = jsonb_set(value, '{canary, horizons}', '["1D", "4h", "8h"]') where name = 'rollout_stages'`;
      // Thanksgiving of 2025 is a Thursday; the Friday is a half day.
      await startRollout(sql, { symbols: ['AAPL'], since: '2025-11-26T22:00:00Z' });
      const expected = await expectedForecasts(sql, '2025-12-01T23:00:00Z');
      const candidate = expected.filter(({ ensemble }) => ensemble === 'candidate');
      const minute = (at: Date) => at.toISOString().slice(5, 16);
      expect(
        candidate.map(({ horizon, session_date, data_cutoff, deadline }) => [
          ...[horizon, session_date, minute(data_cutoff), minute(deadline)],
        ]),
      ).toEqual([
        ['1D', '2025-11-28', '11-28T00:00', '11-28T19:45'],
        ['4h', '2025-11-28', '11-28T14:30', '11-28T19:45'],
        ['4h', '2025-12-01', '12-01T14:30', '12-01T20:15'],
        ['8h', '2025-12-01', '12-01T14:30', '12-01T20:15'],
        ['1D', '2025-12-01', '12-01T00:00', '12-01T22:45'],
        ['4h', '2025-12-01', '12-01T18:30', '12-01T22:45'],
      ]);
    }),
  );

  it(
    'holds the latest window that stands, and the candidate’s open alerts',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const dates = await addBars(sql, 'AAPL', '2026-07-10', 6);
      await addWindow(sql, 'AAPL', dates.slice(0, 5), 0.1);
      await addWindow(sql, 'AAPL', dates, 0.125);
      for (const [symbol, ensemble] of [
        ['AAPL', 'candidate'],
        ['AAPL', 'baseline'],
        ['NVDA', 'candidate'],
      ])
        await sql`
          insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
          select s.id, s.symbol, '1D', ${ensemble}, 'warning', 0.15, 0.16, 'x' from public.symbols s where s.symbol = ${symbol}`;
      const { windows, alerts_open } = await evidence(sql);
      expect(windows).toMatchObject([
        {
          symbol: 'AAPL',
          horizon: '1D',
          window_id: 5,
          divergence: 0.125,
          verdict: 'ok',
          implausible: false,
          reasons: [],
        },
      ]);
      expect(alerts_open).toMatchObject({
        ...{ count: 1, latest: [{ symbol: 'AAPL', horizon: '1D', level: 'warning' }] },
      });
    }),
  );

  it(
    'holds what failed since the stage began, of its symbols or of none',
    rolledBack(async (sql) => {
      const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
      const [now, before] = [ago(0.5), ago(2)];
      await startRollout(sql, { since: ago(1) });
      const die = async (symbol: string, when: string) => {
        const job = await addJob(sql, await addRun(sql, 'validation', symbol), 'validate_window', { symbol });
        const { id, lease_token } = (await claim(sql))!;
        expect(id).toBe(job);
        await sql`select public.fail_job(${id}, ${lease_token}, 'a_code', 'a message', false)`;
        await sql`update public.jobs set finished_at = ${when} where id = ${id}`;
        await sql`update public.runs set finished_at = ${when} where id = (select run_id from public.jobs where id = ${id})`;
        return job;
      };
      const dead = await die('AAPL', now);
      await die('AAPL', before);
      await die('NVDA', now);
      await sql`
        insert into public.errors (occurred_at, source, code, message)
        values (${now}, 'forecast-worker', 'internal_error', 'after'), (${before}, 'forecast-worker', 'internal_error', 'before')`;
      const found = await evidence(sql);
      expect(found.dead_jobs.latest).toMatchObject([
        {
          id: dead,
          kind: 'validate_window',
          symbol: 'AAPL',
          horizon: '1D',
          ensemble: 'candidate',
          code: 'a_code',
        },
      ]);
      expect(found.failed_runs).toMatchObject({
        ...{ count: 1, latest: [{ kind: 'validation', code: 'a_code', message: 'a message' }] },
      });
      expect(found.errors.latest).toMatchObject([{ source: 'forecast-worker', message: 'after' }]);
      const { criteria } = judgeRollout(found, '0.3.0');
      expect(criteria.find(({ criterion }) => criterion === 'errors')!.verdict).toBe('fail');
    }),
  );

  it(
    'leaves out an ingestion that died once a later one has fetched the same series',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const addIngestion = async (symbol: string, status: 'dead' | 'succeeded') => {
        const [{ id }] = await sql`
          insert into public.runs (kind, idempotency_key, requested_via) values ('ingestion', gen_random_uuid()::text, 'schedule')
          returning id`;
        const job = await addJob(sql, id, 'ingest', { symbol, timeframe: '1D' });
        await sql`
          update public.jobs set status = ${status}, finished_at = now(),
            error_code = ${status === 'dead' ? 'provider_unavailable' : null}, error_message = ${status === 'dead' ? 'out' : null}
          where id = ${job}`;
        if (status === 'dead') {
          await sql`
            update public.runs set status = 'failed', finished_at = now(), error_code = 'provider_unavailable', error_message = 'out'
            where id = ${id}`;
        }
        return job;
      };
      const dead = await addIngestion('AAPL', 'dead');
      const other = await addIngestion('MSFT', 'dead');
      expect((await evidence(sql)).dead_jobs.latest.map(({ id }) => id)).toEqual([dead, other]);
      await addIngestion('AAPL', 'succeeded');
      const found = await evidence(sql);
      expect(found.dead_jobs.latest.map(({ id }) => id)).toEqual([other]);
      expect(found.failed_runs.count).toBe(1);
    }),
  );

  it(
    'counts approvals and evaluations of the stage, and asks for the durations of queries where they are measured',
    rolledBack(async (sql) => {
      await sql`select public.change_setting('rollout_roles', '["QA"]')`;
      await startRollout(sql);
      await sql`select public.approve_rollout('Ada', 'QA')`;
      await evaluate(sql);
      await sql.unsafe(`create or replace function internal.query_health(p_since timestamptz) returns jsonb
        language sql stable set search_path = '' as $f$ select '{"run-health": {"p95_ms": 7, "n": 3}}'::jsonb $f$`);
      expect(await evidence(sql)).toMatchObject({
        ...{ roles: ['QA'], approvals: [{ role: 'QA', actor: 'Ada' }], evaluations: 1 },
        health: { now: { 'run-health': { p95_ms: 7, n: 3 } } },
      });
      await sql`select public.promote_rollout('Ada', 'on', true)`;
      expect(await evidence(sql)).toMatchObject({
        approvals: [],
        evaluations: 0,
        rollout: { stage: 'limited' },
      });
    }),
  );

  it(
    'of an ended rollout stays as it was at its end',
    rolledBack(async (sql) => {
      await startRollout(sql, { symbols: ['AAPL'], since: SINCE });
      await addWeek(sql, 'AAPL', 0);
      await sql`select public.rollback_rollout('Bob', 'x')`;
      await sql`update public.rollouts set ended_at = ${day(15, '12:00:00')}`;
      const found = await evidence(sql);
      expect(found.rollout.status).toBe('rolled_back');
      expect(found.expected.sessions).toMatchObject([
        { session_date: '2026-07-13', there: 1, baseline_not_there: 0 },
        { session_date: '2026-07-14', there: 1, baseline_not_there: 0 },
      ]);
    }),
  );
});
