// Who serves and what is planned: without a rollout, at each stage, after a rollback and when it is completed.
import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { rolledBack, type Transaction } from './support/rolled-back.ts';
import {
  addForecastOf,
  addSeries,
  BASELINE,
  CANDIDATE,
  serving,
  startRollout,
} from './support/rollout-rows.ts';
import { addEnsemble, dueSession } from './support/rows.ts';
import { type PlanNode, readsOf } from './support/rows-read.ts';

const CUTOFF = '2026-07-14T00:00:00Z';
const CANARY = ['AAPL', 'MSFT', 'SPY'];

async function addBaseline(sql: Transaction): Promise<void> {
  await sql`select public.seed_ensemble('baseline', ${sql.json(defaultConfiguration as never)}, ${BASELINE})`;
}

/** Forecasts of both ensembles for these symbols. */
async function addForecasts(sql: Transaction, ...symbols: string[]): Promise<void> {
  for (const symbol of symbols)
    for (const ensemble of ['candidate', 'baseline'] as const)
      await addForecastOf(sql, { symbol, ensemble, cutoff: CUTOFF });
}

/** What apps read: `AAPL candidate`. */
async function current(sql: Transaction): Promise<string[]> {
  await addSeries(sql);
  const rows = await sql`select symbol, ensemble from public.current_forecasts order by 1`;
  return rows.map(({ symbol, ensemble }) => `${symbol} ${ensemble}`);
}

/** What is planned for a symbol: `1D candidate`. */
async function planned(sql: Transaction, symbol: string): Promise<string[]> {
  const rows = await sql`
    select a.horizon, a.ensemble from public.vw_ensemble_assignments a
    where a.symbol = ${symbol} and a.is_listed and a.is_planned order by 1, 2`;
  return rows.map(({ horizon, ensemble }) => `${horizon} ${ensemble}`);
}

/** Takes the rollout to the next stage whatever is missing. */
const promote = (sql: Transaction) => sql`select public.promote_rollout('Ada', 'a test', true)`;

describe('without a rollout', () => {
  it(
    'the candidate serves when there is an active one, beside a baseline too, and both are planned',
    rolledBack(async (sql) => {
      expect(new Set(Object.values(await serving(sql)))).toEqual(new Set(['baseline']));
      await addEnsemble(sql);
      expect(await planned(sql, 'AAPL')).toEqual(['1D candidate']);
      await addBaseline(sql);
      await addForecasts(sql, 'AAPL', 'NVDA');
      expect(new Set(Object.values(await serving(sql)))).toEqual(new Set(['candidate']));
      expect(await current(sql)).toEqual(['AAPL candidate', 'NVDA candidate']);
      expect(await planned(sql, 'AAPL')).toEqual(['1D baseline', '1D candidate']);
      await sql`update public.ensembles set active = false where ensemble = 'candidate'`;
      expect(await current(sql)).toEqual(['AAPL baseline', 'NVDA baseline']);
      expect(await planned(sql, 'AAPL')).toEqual(['1D baseline']);
    }),
  );

  it(
    'forecasts of another configuration, of symbols that are not active and of horizons taken away are not current',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await addForecastOf(sql, { symbol: 'AAPL', cutoff: CUTOFF, hash: '1111111111111111' });
      await addForecastOf(sql, { symbol: 'AAPL', cutoff: '2026-07-13T00:00:00Z' });
      await addForecastOf(sql, { symbol: 'MSFT', cutoff: CUTOFF });
      await addForecastOf(sql, { symbol: 'SPY', cutoff: CUTOFF, horizon: '4h' });
      await addSeries(sql);
      const rows = await sql`select symbol, data_cutoff from public.current_forecasts order by 1`;
      expect(rows.map(({ symbol, data_cutoff }) => [symbol, data_cutoff.toISOString().slice(0, 10)])).toEqual(
        [
          ['AAPL', '2026-07-13'],
          ['MSFT', '2026-07-14'],
        ],
      );
      await sql`update public.symbols set active = false where symbol = 'MSFT'`;
      expect(await current(sql)).toEqual(['AAPL candidate']);
      await sql`update public.symbols set horizons = '{1D,4h}' where symbol = 'SPY'`;
      expect(await current(sql)).toEqual(['AAPL candidate', 'SPY candidate']);
    }),
  );
});

describe('a rollout', () => {
  it(
    'that runs serves its symbols on its horizons, all others by the baseline, which is planned everywhere',
    rolledBack(async (sql) => {
      await sql`insert into public.symbols (symbol) values ('SPX')`;
      await sql`update public.symbols set horizons = '{1D,4h}' where symbol in ('AAPL', 'NVDA')`;
      await startRollout(sql);
      await addForecasts(sql, 'AAPL', 'NVDA');
      expect(await current(sql)).toEqual(['AAPL candidate', 'NVDA baseline']);
      expect((await serving(sql, '4h')).AAPL).toBe('baseline');
      expect(await planned(sql, 'AAPL')).toEqual(['1D baseline', '1D candidate', '4h baseline']);
      expect(await planned(sql, 'NVDA')).toEqual(['1D baseline', '4h baseline']);

      await promote(sql);
      expect(await current(sql)).toEqual(['AAPL candidate', 'NVDA candidate']);
      expect(await serving(sql)).toMatchObject({ NVDA: 'candidate', SPX: 'baseline' });
      expect(await planned(sql, 'NVDA')).toEqual([
        '1D baseline',
        '1D candidate',
        '4h baseline',
        '4h candidate',
      ]);
      await promote(sql);
      expect(new Set(Object.values(await serving(sql)))).toEqual(new Set(['candidate']));
    }),
  );

  it(
    'leaves nobody without a forecast: the baseline serves where the candidate has none yet',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await addForecastOf(sql, { symbol: 'AAPL', ensemble: 'baseline', cutoff: CUTOFF });
      expect(await current(sql)).toEqual(['AAPL baseline']);
      expect((await serving(sql)).AAPL).toBe('candidate');
      await addForecastOf(sql, { symbol: 'AAPL', ensemble: 'candidate', cutoff: CUTOFF });
      expect(await current(sql)).toEqual(['AAPL candidate']);
      await addForecastOf(sql, { symbol: 'MSFT', ensemble: 'candidate', cutoff: CUTOFF });
      await sql`select public.rollback_rollout('Bob', 'a test')`;
      expect(await current(sql)).toEqual(['AAPL baseline']);
    }),
  );

  it(
    'begun anew shows no forecast of the one before where the baseline has a newer one',
    rolledBack(async (sql) => {
      const issued = new Date(Date.now() - 86_400_000).toISOString();
      await addForecastOf(sql, { symbol: 'AAPL', cutoff: '2026-07-10T00:00:00Z', issued });
      await addForecastOf(sql, { symbol: 'MSFT', cutoff: CUTOFF, issued });
      for (const symbol of ['AAPL', 'MSFT'])
        await addForecastOf(sql, { symbol, ensemble: 'baseline', cutoff: CUTOFF });
      await startRollout(sql);
      expect(await current(sql)).toEqual(['AAPL baseline', 'MSFT candidate']);
      await addForecastOf(sql, { symbol: 'AAPL', cutoff: '2026-07-13T00:00:00Z' });
      expect(await current(sql)).toEqual(['AAPL candidate', 'MSFT candidate']);
    }),
  );

  it.each(['running', 'completed'])(
    'that is %s serves no other candidate than its own: who changes the configuration by hand is served by the baseline',
    (status) =>
      rolledBack(async (sql) => {
        await startRollout(sql);
        if (status === 'completed') for (let i = 0; i < 3; i++) await promote(sql);
        await addForecasts(sql, ...CANARY);
        const changed = '4444444444444444';
        await addForecastOf(sql, { symbol: 'AAPL', cutoff: CUTOFF, hash: changed });
        await sql`select internal.store_configuration(${changed}, '{}')`;
        await sql`update public.ensembles set config_hash = ${changed} where ensemble = 'candidate'`;
        expect(await current(sql)).toEqual(CANARY.map((symbol) => `${symbol} baseline`));
        expect(await planned(sql, 'AAPL')).toEqual(['1D baseline']);
        const [{ because }] =
          await sql`select because from public.vw_serving_ensembles where symbol = 'AAPL'`;
        expect(because).toMatch(/^the candidate is not the one of rollout \d+ any more, or not active$/);
        await sql`update public.ensembles set config_hash = ${CANDIDATE} where ensemble = 'candidate'`;
        expect(await current(sql)).toEqual(CANARY.map((symbol) => `${symbol} candidate`));
        await sql`update public.ensembles set active = false where ensemble = 'candidate'`;
        expect((await serving(sql)).AAPL).toBe('baseline');
      })(),
  );

  it(
    'that is rolled back leaves the baseline everywhere, and nothing of the candidate is planned',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await addForecasts(sql, ...CANARY);
      await promote(sql);
      await sql`select public.rollback_rollout('Bob', 'a test')`;
      expect(await current(sql)).toEqual(CANARY.map((symbol) => `${symbol} baseline`));
      expect(new Set(Object.values(await serving(sql)))).toEqual(new Set(['baseline']));
      expect(await planned(sql, 'AAPL')).toEqual(['1D baseline']);
      const [{ because }] = await sql`select because from public.vw_serving_ensembles where symbol = 'AAPL'`;
      expect(because).toMatch(/^rollout \d+ was rolled back: a test$/);
    }),
  );

  it(
    'that is completed serves everything, new symbols too, and the baseline goes on beside it',
    rolledBack(async (sql) => {
      await startRollout(sql);
      for (let i = 0; i < 3; i++) await promote(sql);
      await sql`insert into public.symbols (symbol) values ('NEW')`;
      expect(await serving(sql)).toMatchObject({ AAPL: 'candidate', NEW: 'candidate' });
      expect(await planned(sql, 'NEW')).toEqual(['1D baseline', '1D candidate']);
      await sql`select public.rollback_rollout('Bob', 'a test')`;
      expect(await serving(sql)).toMatchObject({ AAPL: 'baseline', NEW: 'baseline' });
    }),
  );

  it(
    'is under the kill switch like everything',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await addForecasts(sql, ...CANARY);
      await sql`select public.set_publishing('Ada', false, 'a test')`;
      expect(await current(sql)).toEqual([]);
      await sql`select public.set_publishing('Ada', true, 'a test')`;
      expect(await current(sql)).toHaveLength(3);
    }),
  );
});

describe('the schedule', () => {
  it(
    'plans forecasts, windows and checks of exactly what is planned, and expects no other forecasts',
    rolledBack(async (sql) => {
      const symbols = ['AAPL', 'NVDA'];
      await sql`update public.symbols set active = symbol = any (${symbols})`;
      await startRollout(sql, { symbols: ['AAPL'] });
      for (const symbol of symbols) {
        await sql`
          insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment)
          select s.id, '1D', d, 1, 1, 1, 1, 1, 'csv', 'file', 'all'
          from public.symbols s, generate_series('2020-01-01Z'::timestamptz, '2024-12-31Z', '1 day') d
          where s.symbol = ${symbol}`;
      }
      const plan = async () => {
        await sql`select public.plan_work(1)`;
        return (
          await sql`select kind, params #>> '{symbols, 0}' as symbol, ensemble, config_hash from public.runs order by 1, 2, 3`
        ).map(({ kind, symbol, ensemble, config_hash }) => {
          expect(config_hash).toBe(ensemble === 'candidate' ? CANDIDATE : BASELINE);
          return `${kind} ${symbol} ${ensemble}`;
        });
      };
      const first = ['AAPL baseline', 'AAPL candidate', 'NVDA baseline'];
      expect(await plan()).toEqual(
        ['forecast', 'validation'].flatMap((kind) => first.map((x) => `${kind} ${x}`)),
      );
      const expected = await sql`
        select symbol || ' ' || ensemble as name from public.vw_forecast_presence order by 1`;
      expect(expected.map(({ name }) => name)).toEqual(first);
      await promote(sql);
      expect(await plan()).toContain('forecast NVDA candidate');
      await sql`delete from public.runs`;
      await sql`select public.rollback_rollout('Bob', 'a test')`;
      expect(await plan()).toEqual([
        ...['forecast AAPL baseline', 'forecast NVDA baseline'],
        ...['validation AAPL baseline', 'validation NVDA baseline'],
      ]);
    }),
  );
});

describe('150 symbols over two horizons, with forecasts from three bars by both ensembles', () => {
  const ROWS = 300;
  const PAGE = 15;

  /** Symbols M001 to M150, of which a rollout has come to the first. */
  async function addMany(sql: Transaction): Promise<void> {
    await sql`update public.symbols set active = false`;
    await sql`insert into public.symbols (symbol, horizons) select 'M' || to_char(i, 'FM000'), '{4h,1D}' from generate_series(1, 150) i`;
    await startRollout(sql, { symbols: ['M001'] });
    const session = await dueSession(sql);
    for (const ensemble of ['candidate', 'baseline'] as const)
      await addForecastOf(sql, { symbol: 'AAPL', ensemble, cutoff: `${session}T00:00:00Z` });
    await sql`
      insert into public.forecasts overriding user value
      select r.*
      from public.forecasts f, public.symbols s, unnest(s.horizons) h(horizon), generate_series(0, 2) d(days),
        jsonb_populate_record(f, jsonb_build_object('symbol_id', s.id, 'symbol', s.symbol, 'horizon', h.horizon,
          'data_cutoff', f.data_cutoff - d.days * interval '1 day')) r
      where f.symbol = 'AAPL' and s.symbol like 'M%'`;
    await addSeries(sql);
    // As autovacuum does; tables of a few rows it leaves alone.
    await sql`analyze public.symbols, public.forecasts, public.bar_series`;
  }

  /** Rows of forecasts that a query reads. */
  async function forecastsRead(sql: Transaction, query: string): Promise<number> {
    const [row] = await sql.unsafe(`explain (analyze, timing off, format json) ${query}`);
    const read = readsOf([row['QUERY PLAN'][0].Plan as PlanNode]).get('forecasts');
    expect(read?.scans ?? []).toEqual([]);
    return read?.rows ?? 0;
  }

  it(
    'are current by symbol and horizon, page by page, each once and from its newest bar',
    rolledBack(async (sql) => {
      await addMany(sql);
      const whole =
        await sql`select symbol, horizon, ensemble, id from public.current_forecasts order by symbol, horizon`;
      expect(whole).toHaveLength(ROWS);
      expect(whole.slice(0, 3).map(({ symbol, horizon }) => `${symbol} ${horizon}`)).toEqual([
        'M001 1D',
        'M001 4h',
        'M002 1D',
      ]);
      expect(
        new Set(whole.filter(({ symbol }) => symbol !== 'M001').map(({ ensemble }) => ensemble)),
      ).toEqual(new Set(['baseline']));
      const pages = [];
      for (let offset = 0; offset < ROWS; offset += PAGE)
        pages.push(
          ...(await sql`select symbol, horizon, ensemble, id from public.current_forecasts order by symbol, horizon limit ${PAGE} offset ${offset}`),
        );
      expect(pages).toEqual([...whole]);
      const stale = await sql`
        select from public.current_forecasts c
        where exists (
          select from public.forecasts f
          where f.symbol_id = c.symbol_id and f.horizon = c.horizon and f.data_cutoff > c.data_cutoff)`;
      expect(stale).toHaveLength(0);
    }),
  );

  it(
    'cost a request the forecasts that it asks for, and not those of all symbols',
    rolledBack(async (sql) => {
      await addMany(sql);
      const all = await forecastsRead(sql, 'select * from public.current_forecasts');
      expect(all).toBeGreaterThanOrEqual(2 * ROWS);
      const page = await forecastsRead(
        sql,
        `select * from public.current_forecasts order by symbol, horizon limit ${PAGE}`,
      );
      expect(page).toBeLessThan(4 * PAGE);
      const after = `select * from public.current_forecasts where horizon = '1D' and symbol > 'M100' order by symbol limit ${PAGE}`;
      expect(await forecastsRead(sql, after)).toBeLessThan(4 * PAGE);
      const some = await forecastsRead(
        sql,
        `select * from public.current_forecasts where symbol in ('M007', 'M070', 'M100')`,
      );
      expect(some).toBeLessThanOrEqual(3 * 2 * 3);
      const ofOne = `where symbol = 'M007' and horizon = '1D' order by data_cutoff desc limit 3`;
      for (const view of ['vw_forecasts', 'forecasts'])
        expect(await forecastsRead(sql, `select * from public.${view} ${ofOne}`)).toBeLessThanOrEqual(8);
    }),
  );
});
