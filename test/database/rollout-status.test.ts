// How the rollout stands: the board and the status.
import { describe, expect, it } from 'vitest';
import { becomeOperator } from './support/become-operator.ts';
import { boardByQuery } from './support/board-by-query.ts';
import { rolledBack, type Transaction } from './support/rolled-back.ts';
import { addBar, addForecastOf, evaluate, evaluationOf, startRollout } from './support/rollout-rows.ts';
import { addBars, addWindow } from './support/rows.ts';

const SINCE = '2026-07-13T06:00:00Z';
const day = (date: number, time = '00:00:00') => `2026-07-${date}T${time}Z`;
const board = async (sql: Transaction) =>
  (await sql`select * from public.vw_canary_board`) as Record<string, unknown>[];
const status = async (sql: Transaction) => (await sql`select public.rollout_status() as status`)[0].status;

/** Four scored forecasts of AAPL by both: the baseline says nothing, the candidate always `mean`. */
async function addPairs(sql: Transaction, mean: number): Promise<number[]> {
  const closes = [100, 101, 102, 101, 103];
  for (const [i, close] of closes.entries())
    await addBar(sql, { symbol: 'AAPL', time: day(13 + i), came: day(13 + i, '20:30:00'), close });
  for (let date = 13; date <= 17; date++)
    for (const ensemble of ['candidate', 'baseline'] as const)
      await addForecastOf(sql, {
        ...{ symbol: 'AAPL', ensemble, cutoff: day(date), issued: day(date, '21:00:00') },
        mean: ensemble === 'candidate' ? mean : 0,
      });
  await sql`select internal.score_outcomes()`;
  return closes.slice(1).map((close, i) => Math.log(close / closes[i]));
}

describe('the board', () => {
  it(
    'is empty without a rollout, and says only what is known of one',
    rolledBack(async (sql) => {
      expect(await board(sql)).toHaveLength(0);
      await startRollout(sql);
      const rows = await board(sql);
      expect(rows.map(({ symbol, horizon }) => `${symbol} ${horizon}`)).toEqual([
        'AAPL 1D',
        'MSFT 1D',
        'SPY 1D',
      ]);
      expect(rows[0]).toMatchObject({
        ...{
          ensemble: 'candidate',
          state: 'no_bars',
          scored: 0,
          pairs: 0,
          alerts_open: 0,
          last_cutoff: null,
        },
        ...{
          candidate_rmse: null,
          rmse_ratio: null,
          crps_ratio: null,
          coverage_90: null,
          divergence: null,
          verdict: null,
        },
      });
    }),
  );

  it(
    'compares both on their pairs, with the figures of the rows',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: SINCE });
      const returns = await addPairs(sql, 0.001);
      // A forecast of the candidate without the baseline's counts for its own coverage alone.
      await sql`delete from public.forecasts where ensemble = 'baseline' and data_cutoff = ${day(13)}`;
      const rmse = (mean: number) =>
        Math.sqrt(returns.slice(1).reduce((sum, value) => sum + (mean - value) ** 2, 0) / 3);
      const [aapl] = await board(sql);
      expect(aapl).toMatchObject({ symbol: 'AAPL', scored: 4, pairs: 3, coverage_90: 0.75 });
      expect(aapl.candidate_rmse).toBeCloseTo(rmse(0.001), 12);
      expect(aapl.baseline_rmse).toBeCloseTo(rmse(0), 12);
      expect(aapl.rmse_ratio).toBeCloseTo(rmse(0.001) / rmse(0), 12);
      const [scores] = await sql`
        select avg(o.crps) filter (where f.ensemble = 'candidate') as candidate, avg(o.crps) filter (where f.ensemble = 'baseline') as baseline
        from public.forecast_outcomes o join public.forecasts f on f.id = o.forecast_id where f.data_cutoff > ${day(13)}`;
      expect(aapl.crps_ratio).toBeCloseTo(scores.candidate / scores.baseline, 12);
      expect(aapl.last_cutoff).toEqual(new Date(day(17)));

      // A stage later nothing is compared yet.
      await sql`select public.promote_rollout('Ada', 'on', true)`;
      expect((await board(sql)).find(({ symbol }) => symbol === 'AAPL')).toMatchObject({
        pairs: 0,
        stage: 'limited',
      });
    }),
  );

  it(
    'shows who serves after a rollback, and the latest window that stands',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const dates = await addBars(sql, 'AAPL', '2026-07-10', 6);
      await addWindow(sql, 'AAPL', dates.slice(0, 5), 0.1);
      await addWindow(sql, 'AAPL', dates, 0.125);
      expect((await board(sql))[0]).toMatchObject({ window_id: 5, divergence: 0.125, verdict: 'ok' });
      await sql`select public.rollback_rollout('Bob', 'x')`;
      expect((await board(sql))[0]).toMatchObject({ ensemble: 'baseline', status: 'rolled_back' });
    }),
  );

  it(
    'says of every series what a query over everything says, and in its order, whatever has changed',
    rolledBack(async (sql) => {
      await startRollout(sql, { symbols: ['AAPL', 'MSFT', 'SPY'] });
      await sql`update public.symbols set horizons = '{1D,4h,8h}' where symbol in ('AAPL', 'AMZN', 'SPY')`;
      await sql`select public.promote_rollout('Ada', 'a test', true)`;
      await sql`select setseed(0.25)`;
      const series = () => sql`
        select s.symbol, c.horizon, e.ensemble, c.expected_cutoff as cutoff
        from public.symbols s
        join public.vw_expected_cutoffs c on c.horizon = any (s.horizons)
        cross join public.ensembles e
        order by random() limit 8`;
      const changes = [
        async () => {
          for (const { symbol, horizon, ensemble, cutoff } of await series()) {
            await sql`
              delete from public.forecasts where symbol = ${symbol} and horizon = ${horizon} and ensemble = ${ensemble} and data_cutoff = ${cutoff}`;
            await addForecastOf(sql, { symbol, horizon, ensemble, cutoff });
          }
        },
        async () => {
          for (const { symbol, horizon, cutoff } of await series()) {
            const bar = { symbol, time: cutoff, came: cutoff, timeframe: horizon };
            await sql`delete from public.bars where bar_time = ${cutoff} and symbol_id = (select id from public.symbols where symbol = ${symbol})`;
            await addBar(sql, bar);
          }
        },
        () => sql`delete from public.forecasts where random() < 0.2`,
        () => sql`
          insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
          select s.id, s.symbol, '1D', (array['candidate', 'baseline'])[1 + (random() < 0.3)::integer], 'warning', 0.15, 0.16, 'a test'
          from public.symbols s where random() < 0.2
          on conflict do nothing`,
        () =>
          sql`update public.divergence_alerts set resolved_at = now(), resolution = 'a test' where resolved_at is null and random() < 0.5`,
        () => sql`update public.symbols set active = not active where random() < 0.1`,
        () => sql`
          update public.symbols set horizons = case when '4h' = any (horizons) then array['1D'] else array['1D', '4h', '8h'] end where random() < 0.1`,
        () => sql`update public.ensembles set active = random() < 0.8`,
      ];
      const seen = new Set<string>();
      for (let i = 0; i < 40; i++) {
        await changes[i % changes.length]();
        if (i === 30) await sql`select public.rollback_rollout('Bob', 'a test')`;
        const expected = await boardByQuery(sql);
        expect(await board(sql)).toMatchObject(expected);
        for (const { ensemble, state, alerts_open, needs_attention } of expected)
          seen.add(`${ensemble} ${state} ${alerts_open > 0} ${needs_attention}`);
      }
      // Who serves, the state, whether an alert is open, whether it needs attention.
      expect([...seen]).toEqual(
        expect.arrayContaining([
          ...['candidate there false false', 'candidate there true true', 'candidate null false false'],
          ...['candidate no_bars false true', 'candidate forecast_missing false true'],
          ...['baseline there false false', 'baseline forecast_missing false true'],
        ]),
      );
    }),
  );

  it(
    'is for operators, and empty for other users',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await becomeOperator(sql);
      expect(await board(sql)).toHaveLength(3);
      await sql`select set_config('request.jwt.claims', '{}', true)`;
      expect(await board(sql)).toEqual([]);
    }),
  );
});

describe('the status', () => {
  it(
    'is there before the first rollout',
    rolledBack(async (sql) => {
      expect(await status(sql)).toEqual({
        ...{
          rollout: null,
          decision: null,
          publishing: true,
          automatic_rollback: true,
          not_ready: null,
          symbols: [],
        },
        ...{ latest_evaluation: null, events: [], board: [], board_rows: 0 },
      });
    }),
  );

  it(
    'says where it stands, what it lacks, and what happened last',
    rolledBack(async (sql) => {
      const { rollout_id } = await startRollout(sql);
      for (let i = 0; i < 25; i++) await sql`select public.note_rollout('Ada', ${`note ${i}`})`;
      const { evaluation_id } = await evaluate(sql, evaluationOf({ rmse: 'insufficient' }));
      const found = await status(sql);
      expect(found.rollout).toMatchObject({ id: rollout_id, status: 'running', stage: 'canary' });
      expect(found.symbols).toEqual(
        ['AAPL', 'MSFT', 'SPY'].map((symbol) => ({
          symbol,
          stage: 'canary',
          horizons: ['1D'],
          ensemble: 'candidate',
        })),
      );
      expect(found.not_ready).toHaveLength(2);
      expect(found.not_ready[1]).toBe(`evaluation ${evaluation_id} says insufficient: rmse (insufficient)`);
      expect(found.decision).toBe('hold');
      expect(found.latest_evaluation).toMatchObject({ id: evaluation_id, verdict: 'insufficient' });
      expect(found.events).toHaveLength(20);
      expect(found.events[0]).toMatchObject({ kind: 'evaluated' });
      expect(found.events[1]).toMatchObject({ kind: 'note', reason: 'note 24' });
      expect(found.board).toHaveLength(3);
      await sql`select public.rollback_rollout('Bob', 'x')`;
      const after = await status(sql);
      expect(after).toMatchObject({
        decision: null,
        not_ready: null,
        rollout: { status: 'rolled_back', ended_because: 'x' },
      });
      expect(after.symbols[0]).toMatchObject({ ensemble: 'baseline' });
      expect(after.events[0].figures).not.toHaveProperty('last_forecasts');
    }),
  );
});

describe('purging', () => {
  it(
    'keeps the rollout’s history for ever',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await evaluate(sql);
      await sql`update public.rollout_evaluations set evaluated_at = now() - interval '1000 days'`;
      await sql`select internal.purge(now() + interval '1000 days')`;
      expect(await sql`select from public.rollout_evaluations`).toHaveLength(1);
      expect(await sql`select from public.rollout_events`).toHaveLength(2);
    }),
  );
});
