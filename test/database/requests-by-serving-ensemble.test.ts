// Forecasts asked for over HTTP: each symbol is answered by the ensemble that serves it.
import { describe, expect, it } from 'vitest';
import { claimedJobSchema } from '../../src/shared/contracts/job.ts';
import { parse } from '../../src/shared/contracts/parse.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import { addForecastOf, BASELINE, CANDIDATE, startRollout } from './support/rollout-rows.ts';

const LAST = '2024-12-31T00:00:00Z';

async function addHistory(sql: Transaction, ...symbols: string[]): Promise<void> {
  for (const symbol of symbols)
    await sql`
      insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment, ingested_at)
      select s.id, '1D', d, 1, 1, 1, 1, 1, 'csv', 'file', 'all', now() - interval '1 hour'
      from public.symbols s, generate_series('2020-01-01Z'::timestamptz, ${LAST}, '1 day') d
      where s.symbol = ${symbol}`;
}
const request = async (sql: Transaction, ...symbols: string[]) =>
  (await sql`select public.request_forecasts(${symbols}, '1D') as id`)[0].id;
const state = async (sql: Transaction, ...symbols: string[]) =>
  (await sql`select public.forecast_state(${symbols}, '1D') as state`)[0].state;

async function claimed(sql: Transaction): Promise<Record<string, unknown>[]> {
  const jobs = [];
  for (;;) {
    const [{ job }] = await sql`select public.claim_job('{forecast}', '0.3.0') as job`;
    if (job === null) return jobs.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    const { config_hash, configuration, payload } = parse(claimedJobSchema, job, 'a job') as {
      config_hash: string;
      configuration: { seed: number };
      payload: { symbol: string; ensemble: string };
    };
    jobs.push({ symbol: payload.symbol, ensemble: payload.ensemble, config_hash, seed: configuration.seed });
  }
}

/** A rollout of AAPL whose configurations differ in the seed. */
async function rolloutOfAapl(sql: Transaction): Promise<void> {
  await addHistory(sql, 'AAPL', 'NVDA');
  await startRollout(sql, { symbols: ['AAPL'], baselineConfiguration: { ...defaultConfiguration, seed: 7 } });
}
const candidate = {
  symbol: 'AAPL',
  ensemble: 'candidate',
  config_hash: CANDIDATE,
  seed: defaultConfiguration.seed,
};
const baseline = { symbol: 'NVDA', ensemble: 'baseline', config_hash: BASELINE, seed: 7 };

describe('a request', () => {
  it(
    'of symbols that both ensembles serve is one run, whose jobs carry their own configuration',
    rolledBack(async (sql) => {
      await rolloutOfAapl(sql);
      const id = await request(sql, 'NVDA', 'AAPL');
      expect(await request(sql, 'AAPL', 'NVDA')).toBe(id);
      const [run] = await sql`select ensemble, config_hash, jobs_total, params from public.runs`;
      expect(run).toEqual({
        ...{ ensemble: null, config_hash: null, jobs_total: 2 },
        params: { symbols: ['NVDA', 'AAPL'], horizon: '1D' },
      });
      expect(await claimed(sql)).toEqual([candidate, baseline]);
    }),
  );

  it(
    'keeps the configuration that it was planned with',
    rolledBack(async (sql) => {
      await rolloutOfAapl(sql);
      await request(sql, 'NVDA', 'AAPL');
      await sql`select internal.store_configuration('4444444444444444', '{"seed": 9}')`;
      await sql`update public.ensembles set config_hash = '4444444444444444'`;
      expect(await claimed(sql)).toEqual([candidate, baseline]);
    }),
  );

  it(
    'of symbols that one serves is its run, and another one after a rollback',
    rolledBack(async (sql) => {
      await rolloutOfAapl(sql);
      const first = await request(sql, 'AAPL');
      await sql`select public.rollback_rollout('Bob', 'x')`;
      const second = await request(sql, 'AAPL', 'NVDA');
      const runs = await sql`select id, ensemble, config_hash from public.runs order by ensemble`;
      expect([...runs]).toEqual([
        { id: second, ensemble: 'baseline', config_hash: BASELINE },
        { id: first, ensemble: 'candidate', config_hash: CANDIDATE },
      ]);
      expect(await claimed(sql)).toMatchObject([
        { ensemble: 'candidate' },
        { ensemble: 'baseline' },
        baseline,
      ]);
    }),
  );

  it(
    'is told of the forecasts of the ensemble that serves, and of no other',
    rolledBack(async (sql) => {
      await rolloutOfAapl(sql);
      const ids: Record<string, number> = {};
      for (const symbol of ['AAPL', 'NVDA'])
        for (const ensemble of ['candidate', 'baseline'] as const)
          ids[`${symbol} ${ensemble}`] = await addForecastOf(sql, { symbol, ensemble, cutoff: LAST });
      expect(await state(sql, 'NVDA', 'AAPL')).toMatchObject([
        { symbol: 'NVDA', forecast_id: ids['NVDA baseline'], artifact: null },
        { symbol: 'AAPL', forecast_id: ids['AAPL candidate'], artifact: null },
      ]);
      await sql`select public.rollback_rollout('Bob', 'x')`;
      expect(await state(sql, 'AAPL')).toMatchObject([{ forecast_id: ids['AAPL baseline'] }]);
    }),
  );

  it(
    'of a symbol that is not active is answered all the same; of one that no active ensemble serves it is refused',
    rolledBack(async (sql) => {
      await rolloutOfAapl(sql);
      await sql`update public.symbols set active = false where symbol = 'NVDA'`;
      expect(await state(sql, 'NVDA')).toHaveLength(1);
      await sql`update public.ensembles set active = false where ensemble = 'baseline'`;
      expect(await refusalOf(sql, (inner) => request(inner as Transaction, 'AAPL', 'NVDA'))).toEqual({
        code: 'no_ensemble',
        message: 'No active ensemble is configured that serves NVDA',
      });
      expect(await state(sql, 'AAPL')).toHaveLength(1);
    }),
  );
});

describe('a run without an ensemble', () => {
  it(
    'is a request’s of several symbols or knows none: others must name theirs',
    rolledBack(async (sql) => {
      const add = (kind: string, via: string) =>
        sql.savepoint(
          (inner) => inner`
            insert into public.runs (kind, idempotency_key, requested_via) values (${kind}, gen_random_uuid()::text, ${via})`,
        );
      await add('forecast', 'http');
      await add('rollout_evaluation', 'schedule');
      await expect(add('forecast', 'schedule')).rejects.toThrow('runs_of_an_ensemble_name_it');
      await expect(add('validation', 'http')).rejects.toThrow('runs_of_an_ensemble_name_it');
    }),
  );
});
