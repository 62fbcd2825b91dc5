// What the database notices of a rollout by itself, and rolls back for: each trigger fires, and does not just below.
import { describe, expect, it } from 'vitest';
import { parse } from '../../src/shared/contracts/parse.ts';
import { rolloutEvidenceSchema } from '../../src/shared/contracts/rollout-evidence.ts';
import { judgeRollout } from '../../src/shared/rollout/judge-rollout.ts';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import {
  addBar,
  addForecastOf,
  CANDIDATE,
  evaluate,
  events,
  serving,
  startRollout,
} from './support/rollout-rows.ts';
import { addBars, addJob, addRun, addWindow, claim } from './support/rows.ts';

/** Monday, before the session of 2026-07-13, which closes at 20:00 UTC: its forecasts are due at 21:45. */
const SINCE = '2026-07-13T06:00:00Z';
const SESSION = '2026-07-13T00:00:00Z';
const at = (time: string) => `2026-07-13T${time}Z`;

interface Watched {
  readonly triggers: readonly {
    trigger: string;
    subject: string | null;
    figures: object;
    sentence: string;
  }[];
  readonly rolled_back: boolean;
}

async function watch(sql: Transaction, now?: string): Promise<Watched> {
  const [{ answer }] =
    now === undefined
      ? await sql`select internal.watch_rollout() as answer`
      : await sql`select internal.watch_rollout(${now}) as answer`;
  return answer;
}
const status = async (sql: Transaction) =>
  (await sql`select status from public.rollouts order by id desc limit 1`)[0].status;
const names = ({ triggers }: Watched) => triggers.map(({ trigger }) => trigger);
const automatic = (sql: Transaction, value: boolean) =>
  sql`select public.change_setting('automatic_rollback', ${sql.json(value)})`;

/** Of the candidate's worker, unless something else is said. */
async function addError(
  sql: Transaction,
  occurred: string,
  { source = 'forecast-worker', code = 'internal_error', details = {} } = {},
): Promise<void> {
  await sql`
    insert into public.errors (occurred_at, source, code, message, details)
    values (${occurred}, ${source}, ${code}, 'a test', ${sql.json(details)})`;
}

/** An alert that was opened and resolved at once, so that more of its kind may follow. */
async function addAlert(
  sql: Transaction,
  opened: string,
  { symbol = 'AAPL', ensemble = 'candidate', level = 'critical' } = {},
): Promise<void> {
  await sql`
    insert into public.divergence_alerts (
      symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message, opened_at, resolved_at, resolution)
    select s.id, s.symbol, '1D', ${ensemble}, ${level}, ${level === 'implausible' ? null : 0.3}, 0.4, 'a test', ${opened}, ${opened}, 'x'
    from public.symbols s where s.symbol = ${symbol}`;
}

describe('a missing forecast', () => {
  /** AAPL's bar, and what forecasts are given; the others' bars did not come. */
  async function session(
    sql: Transaction,
    { came = at('20:30:00'), candidate, baseline }: { came?: string; candidate?: string; baseline?: string },
  ): Promise<void> {
    await startRollout(sql, { since: SINCE });
    await addBar(sql, { symbol: 'AAPL', time: SESSION, came });
    for (const [ensemble, issued] of [
      ['candidate', candidate],
      ['baseline', baseline],
    ] as const)
      if (issued !== undefined)
        await addForecastOf(sql, { symbol: 'AAPL', cutoff: SESSION, ensemble, issued });
  }

  it(
    'of the candidate rolls back from its deadline on and not a minute before',
    rolledBack(async (sql) => {
      await session(sql, { baseline: at('21:00:00') });
      expect(await watch(sql, at('21:44:00'))).toMatchObject({ triggers: [], rolled_back: false });
      expect(await watch(sql, at('21:44:59'))).toMatchObject({ triggers: [], rolled_back: false });
      expect(await events(sql, 'forecast_missing', 'bars_missing')).toEqual([]);
      const watched = await watch(sql, at('21:46:00'));
      expect(watched).toMatchObject({ rolled_back: true, triggers: [{ trigger: 'missing_forecasts' }] });
      expect(watched.triggers[0].sentence).toBe(
        'a forecast of the candidate is missing: AAPL 1D candidate 2026-07-13.',
      );
      expect(await events(sql, 'forecast_missing')).toMatchObject([
        {
          ...{ actor: 'automatic', subject: 'AAPL 1D candidate 2026-07-13' },
          reason: 'AAPL 1D candidate 2026-07-13 was not there by 2026-07-13 21:45:00 UTC',
        },
      ]);
      const [event] = await events(sql, 'rolled_back');
      expect(event).toMatchObject({ actor: 'automatic', figures: { triggers: watched.triggers } });
      expect(event.figures.last_forecasts).toHaveLength(3);
      expect((await serving(sql)).AAPL).toBe('baseline');
    }),
  );

  it(
    'that came in time is none, nor is one that was late when the watch looked',
    rolledBack(async (sql) => {
      await session(sql, { candidate: at('21:44:59'), baseline: at('21:59:00') });
      expect(await watch(sql, at('21:46:00'))).toMatchObject({ triggers: [], rolled_back: false });
      expect(await events(sql, 'forecast_missing')).toEqual([]);
    }),
  );

  it(
    'of the baseline is noticed and rolls nothing back',
    rolledBack(async (sql) => {
      await session(sql, { candidate: at('21:00:00') });
      expect(await watch(sql, at('22:00:00'))).toMatchObject({ triggers: [], rolled_back: false });
      expect(await events(sql, 'forecast_missing')).toMatchObject([
        { subject: 'AAPL 1D baseline 2026-07-13' },
      ]);
    }),
  );

  it(
    'from a bar that did not come is a missing bar, noticed once, which rolls nothing back',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      for (const now of [at('21:44:00'), at('21:46:00'), at('22:00:00')])
        expect(await watch(sql, now)).toMatchObject({ triggers: [], rolled_back: false });
      expect((await events(sql, 'bars_missing')).map(({ subject }) => subject)).toEqual(
        ['AAPL', 'MSFT', 'SPY'].map((symbol) => `${symbol} 1D 2026-07-13`),
      );
      // Nor does one that came after the deadline make the forecast a missing one.
      await addBar(sql, { symbol: 'AAPL', time: SESSION, came: at('21:45:01') });
      expect(await watch(sql, at('23:59:00'))).toMatchObject({ triggers: [], rolled_back: false });
    }),
  );

  it(
    'has half an hour from a bar that came just in time',
    rolledBack(async (sql) => {
      await session(sql, { came: at('21:40:00') });
      expect(names(await watch(sql, at('22:09:59')))).toEqual([]);
      expect(names(await watch(sql, at('22:10:00')))).toEqual(['missing_forecasts']);
    }),
  );

  it(
    'is none of a session that had closed before the stage began',
    rolledBack(async (sql) => {
      await session(sql, {});
      await sql`update public.rollouts set stage_started_at = ${at('20:00:01')}`;
      expect(names(await watch(sql, at('22:00:00')))).toEqual([]);
      await sql`update public.rollouts set stage_started_at = ${at('20:00:00')}`;
      expect(names(await watch(sql, at('22:00:00')))).toEqual(['missing_forecasts']);
    }),
  );

  it(
    'is none while the kill switch was on, nor of a symbol that is not active',
    rolledBack(async (sql) => {
      await session(sql, {});
      await sql`
        insert into public.rollout_events (happened_at, kind, actor, reason)
        values (${at('19:00:00')}, 'kill_switch_on', 'Ada', 'x'), (${at('20:01:00')}, 'kill_switch_off', 'Ada', 'x')`;
      expect(names(await watch(sql, at('22:00:00')))).toEqual([]);
      await addBar(sql, { symbol: 'AAPL', time: '2026-07-14T00:00:00Z', came: '2026-07-14T20:30:00Z' });
      await sql`savepoint active`;
      await sql`update public.symbols set active = false where symbol = 'AAPL'`;
      expect(names(await watch(sql, '2026-07-14T22:00:00Z'))).toEqual([]);
      await sql`rollback to savepoint active`;
      const { triggers } = await watch(sql, '2026-07-14T22:00:00Z');
      expect(triggers).toMatchObject([{ figures: { missing: ['AAPL 1D candidate 2026-07-14'] } }]);
    }),
  );

  it(
    'has a deadline for each half of the session over 4h',
    rolledBack(async (sql) => {
      await sql`update public.symbols set horizons = '{1D,4h,8h}' where symbol = 'AAPL'`;
      await startRollout(sql, { symbols: ['AAPL'], since: SINCE });
      await sql`select public.promote_rollout('Ada', 'on', true)`;
      await sql`update public.rollouts set stage_started_at = ${SINCE}`;
      await sql`update public.symbols set active = symbol = 'AAPL'`;
      await automatic(sql, false);
      // 09:30 and 13:30 in New York.
      for (const timeframe of ['4h', '8h'])
        await addBar(sql, { symbol: 'AAPL', time: at('13:30:00'), came: at('17:55:00'), timeframe });
      await addBar(sql, { symbol: 'AAPL', time: at('17:30:00'), came: at('20:30:00'), timeframe: '4h' });
      const missing = async (now: string) =>
        (await watch(sql, now)).triggers.flatMap(({ figures }) => (figures as { missing: string[] }).missing);
      expect(await missing(at('19:14:59'))).toEqual([]);
      expect(await missing(at('19:15:00'))).toEqual([
        'AAPL 4h candidate 2026-07-13 09:30',
        'AAPL 8h candidate 2026-07-13 09:30',
      ]);
      expect(await missing(at('21:44:59'))).toEqual([]);
      expect(await missing(at('21:45:00'))).toEqual(['AAPL 4h candidate 2026-07-13 13:30']);
    }),
  );
});

describe('an unhandled error', () => {
  it(
    'since the stage began rolls back; one from before does not',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      await addError(sql, '2026-07-13T05:59:59Z');
      expect(await watch(sql, at('07:00:00'))).toMatchObject({ triggers: [], rolled_back: false });
      await addError(sql, '2026-07-13T06:00:00Z');
      const watched = await watch(sql, at('07:00:00'));
      expect(watched).toMatchObject({ triggers: [{ trigger: 'unhandled_error' }], rolled_back: true });
      expect(watched.triggers[0].sentence).toBe('an unhandled error: internal_error of forecast-worker.');
      const noticed = await events(sql, 'error');
      expect(noticed).toHaveLength(1);
      // What users may read says nothing of the inside.
      expect(JSON.stringify(noticed)).not.toContain('a test');
      expect(await watch(sql, at('07:05:00'))).toEqual({ skipped: 'no rollout runs' });
    }),
  );

  it(
    'of the stage that was left before it was noticed rolls back all the same; a thousand are told in one line',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      await sql`select public.promote_rollout('Ada', 'a test', true)`;
      await sql`update public.rollouts set stage_started_at = ${at('07:01:00')}, stage_due_at = ${at('08:00:00')}`;
      await sql`
        insert into public.errors (occurred_at, source, code, message)
        select ${at('07:00:00')}::timestamptz, 'forecast-worker', 'internal_error', 'a test' from generate_series(1, 1000)`;
      await addError(sql, at('07:00:30'));
      await sql`update public.errors set source = 'rollout' where occurred_at = ${at('07:00:30')}`;
      const watched = await watch(sql, at('07:02:00'));
      expect(watched.rolled_back).toBe(true);
      expect(watched.triggers[0].sentence).toBe(
        '1001 unhandled errors: internal_error of forecast-worker (1000 times), internal_error of rollout.',
      );
    }),
  );

  it(
    'is recorded only, once, where automatic_rollback is false, and stays that when it is true again',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      await automatic(sql, false);
      await addError(sql, at('07:00:00'));
      expect(await watch(sql, at('07:01:00'))).toMatchObject({ rolled_back: false });
      expect(await watch(sql, at('07:06:00'))).toMatchObject({ rolled_back: false });
      expect((await events(sql)).slice(1).map(({ kind }) => kind)).toEqual(['error', 'trigger']);
      await automatic(sql, true);
      expect(await watch(sql, at('07:11:00'))).toMatchObject({ triggers: [], rolled_back: false });
      expect(await status(sql)).toBe('running');
      await addError(sql, at('07:12:00'));
      expect(await watch(sql, at('07:16:00'))).toMatchObject({ rolled_back: true });
    }),
  );
});

/** Errors that are faults of the platform, or that whoever sends requests can cause. */
const OTHERS_ERRORS = {
  'a request that a bug met': [{ source: 'forecast' }, 'request'],
  'an upload that a bug met': [{ source: 'ingest-bars' }, 'platform'],
  'a database that a worker did not reach': [
    {
      source: 'forecast-worker',
      code: 'store_unreachable',
      details: { status: 0, code: 'store_unreachable' },
    },
    'platform',
  ],
  'a database that shut down under the judge': [
    { source: 'rollout', code: 'refused_by_database', details: { status: 500, code: '57P01' } },
    'platform',
  ],
  'a worker without its keys': [{ source: 'forecast-worker', code: 'not_configured' }, 'platform'],
  'a measurement that took too long': [
    { source: 'cron.measure_health', details: { sqlstate: '57014' } },
    'platform',
  ],
  'a watch that met a lock': [{ source: 'cron.watch_rollout', details: { sqlstate: '55P03' } }, 'platform'],
  'a tick that failed': [{ source: 'cron.plan', code: 'missing_setting' }, 'platform'],
} as const;

/** What is the candidate's, or the judge's. */
const OWN_ERRORS = {
  'its worker': [{ source: 'forecast-worker' }, 'candidate'],
  'the judge': [{ source: 'rollout' }, 'judge'],
  'the judge of divergence': [{ source: 'check-divergence' }, 'judge'],
  'the watch': [{ source: 'cron.watch_rollout', details: { sqlstate: '22012' } }, 'judge'],
  'the slot of the judge': [
    { source: 'cron.evaluate_rollout', code: 'no_rollout', details: { sqlstate: 'PT409' } },
    'judge',
  ],
} as const;

describe('whose fault an error is', () => {
  const criterion = async (sql: Transaction) => {
    const [{ document }] = await sql`select internal.rollout_evidence(${at('08:00:00')}) as document`;
    const evidence = parse(rolloutEvidenceSchema, document, 'the evidence');
    return judgeRollout(evidence, '0.3.0').criteria.find((each) => each.criterion === 'errors')!;
  };

  it.each(Object.entries(OTHERS_ERRORS))(
    'of %s is recorded and rolls nothing back',
    (_name, [error, whose]) =>
      rolledBack(async (sql) => {
        await startRollout(sql, { since: SINCE });
        await addError(sql, at('07:00:00'), error);
        expect(await watch(sql, at('07:05:00'))).toMatchObject({ triggers: [], rolled_back: false });
        // What whoever may send requests can cause is not in the canary log either.
        const noticed = await events(sql, 'error');
        expect(noticed.map(({ figures }) => figures.class)).toEqual(whose === 'request' ? [] : [whose]);
        expect(await sql`select from public.errors`).toHaveLength(1);
        expect(await criterion(sql)).toMatchObject({
          verdict: 'pass',
          figures: { set_aside: { [whose]: 1 } },
        });
        const [{ noticed_since }] = await sql`
        select array_to_string(internal.promotion_obstacles(r), ' ') ~ 'noticed since' as noticed_since from public.rollouts r`;
        expect(noticed_since).toBe(false);
      })(),
  );

  it.each(Object.entries(OWN_ERRORS))('of %s rolls back and fails the criterion', (_name, [error, whose]) =>
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      await addError(sql, at('07:00:00'), error);
      expect(await criterion(sql)).toMatchObject({ verdict: 'fail', n: 1 });
      expect(await watch(sql, at('07:05:00'))).toMatchObject({
        ...{ rolled_back: true, triggers: [{ trigger: 'unhandled_error' }] },
      });
      expect((await events(sql, 'error')).map(({ figures }) => figures.class)).toEqual([whose]);
    })(),
  );
});

describe('alerts', () => {
  const minutes = (count: number) => new Date(Date.parse(at('10:00:00')) + count * 60_000).toISOString();

  it(
    'of five in an hour are borne, of six roll back',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      for (let i = 0; i < 5; i++)
        await addAlert(sql, minutes(12 * i), { level: i % 2 ? 'implausible' : 'critical' });
      expect(await watch(sql, minutes(60))).toMatchObject({ triggers: [], rolled_back: false });
      await addAlert(sql, minutes(60));
      const watched = await watch(sql, minutes(60));
      expect(watched).toMatchObject({
        triggers: [{ trigger: 'alert_storm', figures: { alarms: 6 } }],
        rolled_back: true,
      });
      expect(watched.triggers[0].sentence).toBe(
        '6 critical alerts and errors in the hour up to 2026-07-13 11:00:00 UTC; 5 are allowed.',
      );
    }),
  );

  it(
    'of six in 61 minutes are borne',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      for (const each of [0, 12, 24, 36, 48, 61]) await addAlert(sql, minutes(each));
      expect(await watch(sql, minutes(61))).toMatchObject({ triggers: [], rolled_back: false });
    }),
  );

  it(
    'of an hour that was over before the watch looked count all the same',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      for (const each of [0, 11, 22, 33, 44, 55]) await addAlert(sql, minutes(each));
      expect(names(await watch(sql, minutes(90)))).toEqual(['alert_storm']);
    }),
  );

  it(
    'count with errors, and not when they are warnings, the baseline’s, of other symbols, or from before',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      await automatic(sql, false);
      for (let i = 0; i < 5; i++) {
        await addAlert(sql, minutes(i));
        await addAlert(sql, minutes(i), { level: 'overfitting' });
        await addAlert(sql, minutes(i), { ensemble: 'baseline' });
        await addAlert(sql, minutes(i), { symbol: 'NVDA' });
        await addAlert(sql, '2026-07-13T05:59:00Z');
      }
      expect(names(await watch(sql, minutes(10)))).toEqual([]);
      await addError(sql, minutes(20));
      expect(names(await watch(sql, minutes(25)))).toEqual(['unhandled_error', 'alert_storm']);
    }),
  );

  it(
    'count with distinct errors that are the candidate’s, and not with those of others or with one again and again',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      await automatic(sql, false);
      for (let i = 0; i < 4; i++) await addAlert(sql, minutes(i));
      for (let i = 0; i < 50; i++) {
        await addError(sql, minutes(i));
        for (const [error] of Object.values(OTHERS_ERRORS)) await addError(sql, minutes(i), error);
      }
      expect(names(await watch(sql, minutes(51)))).toEqual(['unhandled_error']);
      await addError(sql, minutes(52), { source: 'rollout' });
      const watched = await watch(sql, minutes(53));
      expect(watched.triggers).toMatchObject([
        { trigger: 'unhandled_error' },
        { trigger: 'alert_storm', figures: { alarms: 6 } },
      ]);
    }),
  );

  it(
    'are counted by the setting',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      await sql`
        update public.settings set value = value || '{"critical_alerts_per_hour": 0}' where name = 'rollout_criteria'`;
      expect(names(await watch(sql, minutes(10)))).toEqual([]);
      await addAlert(sql, minutes(0));
      expect(names(await watch(sql, minutes(10)))).toEqual(['alert_storm']);
    }),
  );
});

describe('divergence', () => {
  const DATE = '2026-07-10';

  it.each([
    [0.25, []],
    [0.2501, ['divergence']],
  ])('of %d in the latest window', (divergence, expected) =>
    rolledBack(async (sql) => {
      await startRollout(sql);
      await addWindow(sql, 'AAPL', await addBars(sql, 'AAPL', DATE), divergence);
      const watched = await watch(sql);
      expect(names(watched)).toEqual(expected);
      expect(watched.rolled_back).toBe(expected.length > 0);
      expect((await serving(sql)).AAPL).toBe(expected.length > 0 ? 'baseline' : 'candidate');
      if (expected.length > 0)
        expect(watched.triggers).toMatchObject([
          { subject: 'AAPL 1D', figures: { divergence, window_id: 4, allowed: 0.25 } },
        ]);
    })(),
  );

  it(
    'counts of the latest window that still stands, of symbols that the rollout has reached',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const dates = await addBars(sql, 'AAPL', DATE, 6);
      await addWindow(sql, 'AAPL', dates.slice(0, 5), 0.4);
      await addWindow(sql, 'AAPL', dates, 0.1);
      await addWindow(sql, 'NVDA', await addBars(sql, 'NVDA', DATE), 0.4);
      expect(names(await watch(sql))).toEqual([]);
      // Its last bar restated: the window before is the latest that stands.
      await sql`
        update public.bars set ingested_at = now() + interval '1 second'
        where bar_time = ${`${DATE}T00:00:00Z`} and symbol_id = (select id from public.symbols where symbol = 'AAPL')`;
      expect(names(await watch(sql))).toEqual(['divergence']);
    }),
  );

  it(
    'is recorded once a window where automatic_rollback is false, and rolls back when it is true again',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await automatic(sql, false);
      await addWindow(sql, 'AAPL', await addBars(sql, 'AAPL', DATE), 0.3);
      for (let i = 0; i < 2; i++) expect(await watch(sql)).toMatchObject({ rolled_back: false });
      expect(await events(sql, 'trigger')).toMatchObject([{ subject: 'canary divergence AAPL 1D 4' }]);
      await automatic(sql, true);
      expect(await watch(sql)).toMatchObject({ rolled_back: true });
    }),
  );

  it(
    'is in the evidence, fails its criterion, and rolls back when an evaluation meets it first',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await automatic(sql, false);
      await addWindow(sql, 'AAPL', await addBars(sql, 'AAPL', DATE), 0.3);
      const [{ document }] = await sql`select public.rollout_evidence() as document`;
      const evaluation = judgeRollout(parse(rolloutEvidenceSchema, document, 'the evidence'), '0.3.0');
      expect(evaluation.triggers).toEqual((await watch(sql)).triggers);
      expect(evaluation.criteria.find(({ criterion }) => criterion === 'divergence')).toMatchObject({
        verdict: 'fail',
        sentence: expect.stringContaining('above 25 %: AAPL 1D 30 %'),
      });
      expect(await evaluate(sql, evaluation)).toMatchObject({ decision: 'roll back', rolled_back: false });
      expect(await events(sql, 'trigger')).toHaveLength(1);
      await automatic(sql, true);
      expect(await evaluate(sql, evaluation)).toMatchObject({ decision: 'roll back', rolled_back: true });
      expect((await serving(sql)).AAPL).toBe('baseline');
    }),
  );
});

describe('a dead job', () => {
  /** Dead since a moment ago. */
  async function addDeadJob(
    sql: Transaction,
    { kind = 'forecast', code = 'not_finite', ensemble = 'candidate', via = 'schedule' },
  ): Promise<void> {
    const job = await addJob(sql, await addRun(sql, 'forecast', 'AAPL'), kind, { symbol: 'AAPL', ensemble });
    await sql`
      update public.jobs set status = 'dead', finished_at = now(), error_code = ${code}, error_message = 'x' where id = ${job}`;
    await sql`
      update public.runs set requested_via = ${via}, status = 'failed', finished_at = now(), error_code = ${code}, error_message = 'x'
      where id = (select run_id from public.jobs where id = ${job})`;
  }

  it.each([
    ['of the candidate whose results are not finite', {}, 'candidate'],
    ['of the candidate that threw', { kind: 'validate_window', code: 'internal_error' }, 'candidate'],
    ['of the candidate whose worker was ended', { code: 'worker_ended' }, 'candidate'],
    ['of the candidate whose results the database refuses', { code: '23514' }, 'candidate'],
    ['of the judge', { kind: 'check_divergence', code: 'internal_error' }, 'judge'],
    ['of bars that are unfit', { code: 'implausible_price' }, 'bars'],
  ])('%s fails the criterion and is in the log', (_name, job, whose) =>
    rolledBack(async (sql) => {
      await startRollout(sql);
      await addDeadJob(sql, job);
      const [{ found }] = await sql`select internal.rollout_evidence() as found`;
      expect(found).toMatchObject({ dead_jobs: { count: 1 }, failed_runs: { count: 1 }, set_aside: {} });
      expect(await watch(sql)).toMatchObject({ triggers: [], rolled_back: false });
      expect((await events(sql, 'job_dead')).map(({ figures }) => figures.class)).toEqual([whose]);
    })(),
  );

  it.each([
    ['of the baseline', { ensemble: 'baseline' }, 'baseline'],
    ['that met a database too busy', { code: 'store_busy' }, 'platform'],
    ['that did not reach the database', { kind: 'validate_window', code: 'store_unreachable' }, 'platform'],
    ['that met a database without disk', { code: '53100' }, 'platform'],
    ['that a user asked for', { via: 'http' }, 'request'],
  ])('%s is set aside', (_name, job, whose) =>
    rolledBack(async (sql) => {
      await startRollout(sql);
      await addDeadJob(sql, job);
      const [{ found }] = await sql`select internal.rollout_evidence() as found`;
      expect(found).toMatchObject({
        ...{ dead_jobs: { count: 0 }, failed_runs: { count: 0 }, set_aside: { [whose]: 1 } },
      });
      expect(await watch(sql)).toMatchObject({ triggers: [], rolled_back: false });
      expect((await events(sql, 'job_dead')).map(({ figures }) => figures.class)).toEqual(
        whose === 'request' ? [] : [whose],
      );
    })(),
  );

  it(
    'of a symbol of the rollout is noticed, each time that it dies, and rolls nothing back',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const job = await addJob(sql, await addRun(sql), 'validate_window', { symbol: 'AAPL' });
      await addJob(sql, await addRun(sql), 'validate_window', { symbol: 'NVDA' });
      for (let i = 0; i < 2; i++) {
        const { id, lease_token } = (await claim(sql))!;
        await sql`select public.fail_job(${id}, ${lease_token}, 'a_code', 'a message', false)`;
      }
      for (let i = 0; i < 2; i++)
        expect(await watch(sql)).toMatchObject({ triggers: [], rolled_back: false });
      expect(await events(sql, 'job_dead')).toMatchObject([
        {
          reason: `job ${job}, validate_window AAPL 1D candidate, ended dead: a_code: a message`,
          figures: { id: job, symbol: 'AAPL', code: 'a_code' },
        },
      ]);
      await sql`select public.retry_job(${job})`;
      const { id, lease_token } = (await claim(sql))!;
      await sql`select public.fail_job(${id}, ${lease_token}, 'a_code', 'a message', false)`;
      await sql`update public.jobs set finished_at = now() + interval '1 second' where id = ${job}`;
      await sql`select internal.watch_rollout(now() + interval '2 seconds')`;
      expect(await events(sql, 'job_dead')).toHaveLength(2);
    }),
  );
});

describe('the schedule', () => {
  it(
    'watches with every reconcile',
    rolledBack(async (sql) => {
      const reconcile = async () => (await sql`select internal.reconcile() as done`)[0].done.rollout;
      expect(await reconcile()).toEqual({ skipped: 'no rollout runs' });
      const { rollout_id } = await startRollout(sql);
      expect(await reconcile()).toEqual({ rollout_id, triggers: [], rolled_back: false });
      await sql`select public.record_error('forecast-worker', 'internal_error', 'a test')`;
      expect(await reconcile()).toMatchObject({ rolled_back: true });
      expect(await status(sql)).toBe('rolled_back');
    }),
  );

  it(
    'keeps reconcile’s other work when the watch fails, and records that',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await sql.unsafe(`create or replace function internal.watch_rollout(p_now timestamptz default now()) returns jsonb
        language plpgsql set search_path = '' as $f$ begin
          perform internal.note_next_due('purge', p_now); perform 1 / 0; return null; end $f$`);
      const job = await addJob(sql, await addRun(sql));
      await claim(sql);
      await sql`update public.jobs set attempts = max_attempts, lease_until = now() - interval '1 second'`;
      const [{ done }] = await sql`select internal.tick_job('reconcile') as done`;
      expect(done).toMatchObject({ dead: 1, rollout: { error: 'division by zero (SQLSTATE 22012)' } });
      expect((await sql`select status from public.jobs where id = ${job}`)[0].status).toBe('dead');
      expect((await sql`select source, code, message, details from public.errors`)[0]).toEqual({
        ...{ source: 'cron.watch_rollout', code: 'internal_error' },
        ...{ message: 'division by zero (SQLSTATE 22012)', details: { sqlstate: '22012' } },
      });
    }),
  );

  it(
    'leaves an unhandled error when a tick or a slot raises one',
    rolledBack(async (sql) => {
      await sql`delete from public.settings where name = 'validation_interval_days'`;
      await sql`select internal.tick_job('plan')`;
      await sql.unsafe(`create or replace function internal.perform_slot(p_slot public.schedule_slots, p_date date, p_time time, p_now timestamptz)
        returns jsonb language plpgsql set search_path = '' as $f$ begin perform 1 / 0; return null; end $f$`);
      await sql`update public.schedule_slots set active_since = '2026-07-14T00:00:00Z'`;
      await sql`select internal.tick_slot('check_divergence', '2026-07-14T11:00:00Z')`;
      const errors = await sql`select source, code from public.errors order by id`;
      expect([...errors]).toEqual([
        { source: 'cron.plan', code: 'missing_setting' },
        { source: 'cron.check_divergence', code: 'internal_error' },
      ]);
    }),
  );

  it(
    'is undisturbed while no rollout runs, or another one did',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      await addError(sql, at('07:00:00'));
      await sql`select public.rollback_rollout('Bob', 'x')`;
      expect(await watch(sql)).toEqual({ skipped: 'no rollout runs' });
      await startRollout(sql, { candidate: '2222222222222222', baseline: CANDIDATE });
      expect(await watch(sql)).toMatchObject({ triggers: [], rolled_back: false });
    }),
  );
});

describe('a symbol that ends', () => {
  const SYMBOLS = ['AAPL', 'MSFT', 'SPY'];
  const day = (i: number) => `2026-07-${13 + i}`;
  /** After the deadline of the i-th session's forecasts. */
  const evening = (i: number) => `${day(i)}T22:00:00Z`;

  async function start(sql: Transaction): Promise<void> {
    await startRollout(sql, { since: SINCE });
    await sql`update public.rollout_symbols set joined_at = ${SINCE}`;
    for (const symbol of SYMBOLS)
      await addBar(sql, { symbol, time: '2026-07-10', came: '2026-07-10T21:00:00Z' });
  }

  /** The i-th session's bars of these symbols, and both ensembles' forecasts from them, in time. */
  async function session(sql: Transaction, i: number, symbols: readonly string[]): Promise<void> {
    for (const symbol of symbols) {
      await addBar(sql, { symbol, time: day(i), came: `${day(i)}T20:30:00Z` });
      for (const ensemble of ['candidate', 'baseline'] as const) {
        const cutoff = `${day(i)}T00:00:00Z`;
        await addForecastOf(sql, { symbol, cutoff, ensemble, issued: `${day(i)}T21:00:00Z` });
      }
    }
  }

  const watchAfter = (sql: Transaction, i: number) => watch(sql, evening(i));
  const members = async (sql: Transaction) =>
    (await sql`select symbol, horizons from public.rollout_symbols order by symbol`).map(
      ({ symbol, horizons }) => `${symbol} ${horizons.join(' ')}`,
    );
  const left = async (sql: Transaction) =>
    (await events(sql, 'symbol_left')).map(({ reason, figures, stage }) => ({
      reason,
      code: figures.code,
      stage,
    }));
  async function judge(sql: Transaction, i: number) {
    const [{ evidence }] = await sql`select internal.rollout_evidence(${evening(i)}) as evidence`;
    return judgeRollout(parse(rolloutEvidenceSchema, evidence, 'The evidence'), '1');
  }
  const coverage = async (sql: Transaction, i: number) =>
    (await judge(sql, i)).criteria.find(({ criterion }) => criterion === 'forecast_coverage')!;
  /** An ingest job that ended so. */
  async function ingested(sql: Transaction, symbol: string, finished: string, code: string | null) {
    const [{ id }] = await sql`
    insert into public.runs (kind, idempotency_key, requested_via) values ('ingestion', gen_random_uuid()::text, 'schedule') returning id`;
    await sql`
    insert into public.jobs (run_id, kind, idempotency_key, payload, status, finished_at, error_code, error_message)
    values (${id}, 'ingest', gen_random_uuid()::text, ${sql.json({ symbol, timeframe: '1D' })},
      ${code === null ? 'succeeded' : 'dead'}, ${finished}, ${code}, ${code})`;
  }

  describe('a symbol without bars while others have them', () => {
    it(
      'leaves the rollout after three sessions, which then count without it',
      rolledBack(async (sql) => {
        await start(sql);
        for (const i of [0, 1]) {
          await session(sql, i, ['MSFT', 'SPY']);
          await watchAfter(sql, i);
        }
        expect(await left(sql)).toEqual([]);
        expect(await coverage(sql, 1)).toMatchObject({ verdict: 'insufficient', n: 0 });
        await session(sql, 2, ['MSFT', 'SPY']);
        await watchAfter(sql, 2);
        expect(await left(sql)).toEqual([
          {
            reason: 'AAPL 1D: no bar in 3 sessions in which others had one',
            code: 'no_bars',
            stage: 'canary',
          },
        ]);
        expect(await members(sql)).toEqual(['MSFT 1D', 'SPY 1D']);
        expect(await serving(sql)).toMatchObject({ AAPL: 'baseline', MSFT: 'candidate' });

        for (const i of [3, 4]) await session(sql, i, ['MSFT', 'SPY']);
        await watchAfter(sql, 4);
        expect(await coverage(sql, 4)).toMatchObject({ verdict: 'pass', n: 5 });
        expect(await left(sql)).toHaveLength(1);
      }),
    );

    it(
      'stays where no symbol of its source has them, and as long as the setting says',
      rolledBack(async (sql) => {
        await start(sql);
        await watchAfter(sql, 4);
        await sql`select public.change_setting('symbol_ends_after_sessions', '4')`;
        for (const i of [0, 1, 2]) await session(sql, i, ['MSFT', 'SPY']);
        await watchAfter(sql, 2);
        await sql`select public.change_setting('symbol_ends_after_sessions', '1')`;
        await sql`update public.bar_series set provider = 'tiingo' where symbol_id = (select id from public.symbols where symbol = 'AAPL')`;
        await watchAfter(sql, 2);
        expect(await left(sql)).toEqual([]);
        for (const value of [0, 1.5, '3', 1001])
          expect(
            await refusalOf(
              sql,
              (inner) =>
                inner`select public.change_setting('symbol_ends_after_sessions', ${sql.json(value)})`,
            ),
          ).toMatchObject({ code: 'invalid_setting' });
      }),
    );

    it(
      'that has only just been reached is given its sessions, however old its bars are',
      rolledBack(async (sql) => {
        await start(sql);
        for (const i of [0, 1, 2]) await session(sql, i, ['MSFT', 'SPY']);
        await sql`update public.rollout_symbols set joined_at = ${`${day(2)}T06:00:00Z`} where symbol = 'AAPL'`;
        await watchAfter(sql, 2);
        expect(await left(sql)).toEqual([]);
      }),
    );
  });

  describe('a symbol that is gone', () => {
    it(
      'by an operator leaves at once, and only with the horizons that were taken away',
      rolledBack(async (sql) => {
        await start(sql);
        await sql`update public.rollout_symbols set horizons = '{1D,4h}' where symbol in ('AAPL', 'MSFT')`;
        await sql`update public.symbols set horizons = '{1D,4h}' where symbol = 'AAPL'`;
        await sql`update public.symbols set active = false where symbol = 'AAPL'`;
        await watchAfter(sql, 0);
        expect(await left(sql)).toEqual([
          { reason: 'AAPL 1D, 4h: the symbol was set inactive', code: 'inactive', stage: 'canary' },
          {
            reason: "MSFT 4h: no longer among the symbol's horizons",
            code: 'horizon_removed',
            stage: 'canary',
          },
        ]);
        expect(await members(sql)).toEqual(['MSFT 1D', 'SPY 1D']);
      }),
    );

    it(
      'for its provider leaves when that said so twice, and has bars of others',
      rolledBack(async (sql) => {
        await start(sql);
        await ingested(sql, 'AAPL', `${day(0)}T20:30:00Z`, 'provider_unknown_symbol');
        await ingested(sql, 'SPY', `${day(0)}T20:30:00Z`, 'provider_unknown_symbol');
        await session(sql, 0, ['MSFT']);
        await watchAfter(sql, 0);
        expect(await left(sql)).toEqual([]);
        await ingested(sql, 'AAPL', `${day(0)}T23:30:00Z`, 'provider_unknown_symbol');
        // This one was fetched again since.
        await ingested(sql, 'SPY', `${day(0)}T23:30:00Z`, 'provider_unknown_symbol');
        await ingested(sql, 'SPY', `${day(1)}T00:30:00Z`, null);
        await watchAfter(sql, 1);
        expect(await left(sql)).toEqual([
          expect.objectContaining({
            code: 'unknown_to_provider',
            reason: expect.stringContaining('AAPL 1D'),
          }),
        ]);
      }),
    );
  });

  describe('a rollout whose symbols have all ended', () => {
    it(
      'says so, is insufficient, and is promoted by nobody who does not force it',
      rolledBack(async (sql) => {
        await start(sql);
        for (const i of [0, 1, 2, 3, 4]) await session(sql, i, SYMBOLS);
        await watchAfter(sql, 4);
        expect(await coverage(sql, 4)).toMatchObject({ verdict: 'pass' });
        await sql`update public.symbols set active = false where symbol = any (${SYMBOLS})`;
        await watchAfter(sql, 4);
        expect((await left(sql)).at(-1)!.reason).toContain('No symbol is left: nothing can be judged');
        expect((await judge(sql, 4)).verdict).toBe('insufficient');
        expect(await coverage(sql, 4)).toMatchObject({
          verdict: 'insufficient',
          sentence: expect.stringContaining('no symbol is left in the rollout: all have ended'),
        });
        const refusal = await refusalOf(sql, (inner) => inner`select public.promote_rollout('Ada')`);
        expect(refusal).toMatchObject({
          ...{ code: 'not_ready', message: expect.stringContaining('no symbol is left in rollout') },
        });
      }),
    );
  });
});
