// What requests for forecasts may cost: they share jobs with each other and the schedule, come after it, and have a limit.
import { describe, expect, it } from 'vitest';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import { startRollout } from './support/rollout-rows.ts';
import { addBars, addEnsemble, claim } from './support/rows.ts';

const LAST = '2024-12-31';
const ADA = '00000000-0000-4000-8000-00000000000a';
const BOB = '00000000-0000-4000-8000-00000000000b';
const SYMBOLS = ['AAPL', 'MSFT', 'SPY', 'NVDA'];

/** These symbols have bars enough, and the candidate is active. */
async function prepare(sql: Transaction, symbols: readonly string[] = SYMBOLS): Promise<void> {
  await addEnsemble(sql);
  for (const symbol of symbols) await addBars(sql, symbol, LAST, 1250);
  await sql`update public.symbols set active = symbol = any (${[...symbols]})`;
}

const ask = async (sql: Transaction, symbols: readonly string[], user: string | null = ADA) =>
  (await sql`select public.request_forecasts(${[...symbols]}, '1D', ${user}) as id`)[0].id as string;
const plan = async (sql: Transaction) =>
  (await sql`select internal.plan_forecasts(array(select id from public.symbols where active)) as n`)[0].n;
const jobs = async (sql: Transaction) => [
  ...(await sql`
    select j.payload ->> 'symbol' as symbol, j.priority, j.status, r.requested_via as via
    from public.jobs j join public.runs r on r.id = j.run_id order by j.id`),
];
const runs = async (sql: Transaction) =>
  Object.fromEntries(
    (await sql`select id, status, jobs_total, jobs_done, error_code from public.runs`).map(
      ({ id, ...run }) => [id, run],
    ),
  );
async function end(sql: Transaction, symbol: string, code: string | null = null): Promise<void> {
  await sql`
    select internal.end_job(j, ${code === null ? 'succeeded' : 'dead'}, ${code}, ${code === null ? null : `${symbol} failed`})
    from public.jobs j where j.payload ->> 'symbol' = ${symbol} and j.status in ('queued', 'running')`;
}
/** Moves all that was done so far back by so many minutes. */
async function pass(sql: Transaction, minutes: number): Promise<void> {
  const by = `${minutes} minutes`;
  await sql`
    update public.jobs set created_at = created_at - ${by}::interval, run_after = run_after - ${by}::interval,
      finished_at = finished_at - ${by}::interval`;
  await sql`update public.runs set created_at = created_at - ${by}::interval, finished_at = finished_at - ${by}::interval`;
}
const set = (sql: Transaction, name: string, value: unknown) =>
  sql`select public.change_setting(${name}, ${sql.json(value as never)})`;
const retryAfter = async (sql: Transaction, statement: (sql: Transaction) => Promise<unknown>) => {
  let hint: unknown;
  await refusalOf(sql, (inner) =>
    statement(inner).catch((error: { hint?: string }) => {
      hint = error.hint;
      throw error;
    }),
  );
  return Number(hint);
};

describe('requests for the same forecast', () => {
  it(
    'share one job, whoever asks and whatever else they ask for, and all are done with it',
    rolledBack(async (sql) => {
      await prepare(sql);
      const [first, second, third] = [
        await ask(sql, ['AAPL', 'MSFT']),
        await ask(sql, ['MSFT', 'SPY'], BOB),
        await ask(sql, ['SPY', 'AAPL'], null),
      ];
      expect((await jobs(sql)).map(({ symbol }) => symbol)).toEqual(['AAPL', 'MSFT', 'SPY']);
      const { id } = (await claim(sql, 'forecast'))!;
      expect(id).toBeGreaterThan(0);
      await end(sql, 'AAPL');
      expect(await runs(sql)).toMatchObject({
        [first]: { status: 'running', jobs_total: 2, jobs_done: 1 },
        [second]: { status: 'queued', jobs_total: 2, jobs_done: 0 },
        [third]: { status: 'running', jobs_total: 2, jobs_done: 1 },
      });
      await end(sql, 'MSFT');
      await end(sql, 'SPY', 'not_finite');
      expect(await runs(sql)).toMatchObject({
        [first]: { status: 'succeeded', jobs_done: 2 },
        [second]: { status: 'failed', jobs_done: 2, error_code: 'not_finite' },
        [third]: { status: 'failed', jobs_done: 2, error_code: 'not_finite' },
      });
      expect(await sql`select progress from public.run_progress(${third})`).toEqual([{ progress: 0.5 }]);
    }),
  );

  it(
    'are no more jobs than symbols, in however many subsets they come',
    rolledBack(async (sql) => {
      await prepare(sql);
      for (let subset = 1; subset < 16; subset++)
        await ask(
          sql,
          SYMBOLS.filter((_, i) => subset & (1 << i)),
        );
      expect(await jobs(sql)).toHaveLength(4);
      for (const symbol of SYMBOLS) await end(sql, symbol);
      expect(await sql`select status, count(*)::integer from public.runs group by 1`).toEqual([
        { status: 'succeeded', count: 15 },
      ]);
    }),
  );

  it(
    'are another job once bars were restated or the ensemble is another',
    rolledBack(async (sql) => {
      await prepare(sql, ['AAPL']);
      await ask(sql, ['AAPL']);
      await sql`update public.bar_series set stored_at = stored_at + interval '1 second'`;
      await ask(sql, ['AAPL']);
      await sql`select internal.store_configuration('4444444444444444', '{"seed": 9}')`;
      await sql`update public.ensembles set config_hash = '4444444444444444'`;
      await ask(sql, ['AAPL']);
      expect(await jobs(sql)).toHaveLength(3);
    }),
  );
});

describe('the schedule', () => {
  it(
    'joins what a request is having made: at its own priority, as its own job, and the request is done with it',
    rolledBack(async (sql) => {
      await prepare(sql, ['AAPL', 'MSFT']);
      const request = await ask(sql, ['AAPL']);
      expect(await jobs(sql)).toMatchObject([{ symbol: 'AAPL', priority: 40, via: 'http' }]);
      const { id } = (await claim(sql, 'forecast'))!;
      expect(await plan(sql)).toBe(2);
      expect(await jobs(sql)).toEqual([
        { symbol: 'AAPL', priority: 10, status: 'running', via: 'schedule' },
        { symbol: 'MSFT', priority: 10, status: 'queued', via: 'schedule' },
      ]);
      expect(await plan(sql)).toBe(0);
      await sql`select internal.end_job(j, 'succeeded', null, null) from public.jobs j where id = ${id}`;
      expect((await runs(sql))[request]).toMatchObject({ status: 'succeeded', jobs_total: 1, jobs_done: 1 });
      expect(
        await sql`select status from public.runs where requested_via = 'schedule' order by params #>> '{symbols,0}'`,
      ).toEqual([{ status: 'succeeded' }, { status: 'queued' }]);
    }),
  );

  it(
    'is joined by requests, which change neither its job nor their quota',
    rolledBack(async (sql) => {
      await prepare(sql, ['AAPL']);
      await plan(sql);
      const before = await jobs(sql);
      await set(sql, 'user_quota', { forecasts: 0, runs: 1 });
      const request = await ask(sql, ['AAPL']);
      expect(await jobs(sql)).toEqual(before);
      expect(before).toMatchObject([{ priority: 10, via: 'schedule' }]);
      await end(sql, 'AAPL', 'not_finite');
      expect((await runs(sql))[request]).toMatchObject({ status: 'failed', error_code: 'not_finite' });
    }),
  );

  it(
    'comes first, though requests were there before; one that has waited for a quarter of an hour takes a place behind it',
    rolledBack(async (sql) => {
      await prepare(sql);
      await ask(sql, ['AAPL', 'MSFT', 'SPY']);
      await sql`update public.symbols set active = symbol = 'NVDA'`;
      await pass(sql, 14);
      await plan(sql);
      const next = async () =>
        ((await claim(sql, 'forecast')) as never as { payload: { symbol: string } }).payload.symbol;
      const putBack = () =>
        sql`update public.jobs set status = 'queued', lease_token = null, lease_until = null, attempts = 0`;
      expect(await next()).toBe('NVDA');
      await putBack();
      await sql`select internal.reconcile_jobs()`;
      expect((await jobs(sql)).map(({ priority }) => priority)).toEqual([40, 40, 40, 10]);
      await pass(sql, 1);
      await sql`select internal.reconcile_jobs()`;
      expect((await jobs(sql)).map(({ priority }) => priority)).toEqual([10, 40, 40, 10]);
      expect([await next(), await next(), await next()]).toEqual(['NVDA', 'AAPL', 'MSFT']);
    }),
  );

  it(
    'has more workers while its forecasts wait, requests have not',
    rolledBack(async (sql) => {
      await prepare(sql);
      const places = async () => (await sql`select internal.worker_places() as n`)[0].n;
      await ask(sql, ['AAPL']);
      await pass(sql, 12);
      expect(await places()).toBe(2);
      await plan(sql);
      await pass(sql, 12);
      expect(await places()).toBeGreaterThan(2);
    }),
  );

  it(
    'plans what failed for a request, and what then fails is its own failure',
    rolledBack(async (sql) => {
      await prepare(sql, ['AAPL']);
      await startRollout(sql, { symbols: ['AAPL'] });
      await ask(sql, ['AAPL']);
      await end(sql, 'AAPL', 'not_finite');
      const [before] = await sql`select internal.rollout_evidence() as found`;
      expect(before.found).toMatchObject({ dead_jobs: { count: 0 }, set_aside: { request: 1 } });
      await plan(sql);
      await sql`
        select internal.end_job(j, 'dead', 'not_finite', 'x') from public.jobs j
        where j.status = 'queued' and j.payload ->> 'ensemble' = 'candidate'`;
      const [after] = await sql`select internal.rollout_evidence() as found`;
      expect(after.found).toMatchObject({ dead_jobs: { count: 1 }, failed_runs: { count: 1 } });
    }),
  );

  it(
    'counts a failure that it joined before it came',
    rolledBack(async (sql) => {
      await prepare(sql, ['AAPL']);
      await startRollout(sql, { symbols: ['AAPL'] });
      await ask(sql, ['AAPL']);
      await plan(sql);
      await end(sql, 'AAPL', 'not_finite');
      const [{ found }] = await sql`select internal.rollout_evidence() as found`;
      expect(found).toMatchObject({
        dead_jobs: { count: 1 },
        failed_runs: { count: 1 },
        set_aside: { baseline: 1 },
      });
    }),
  );
});

describe('a user’s quota', () => {
  it(
    'is of new forecasts by hour: what is beyond it is refused with 429 and when to ask again, and makes nothing',
    rolledBack(async (sql) => {
      await prepare(sql);
      await set(sql, 'user_quota', { forecasts: 3, runs: 100 });
      await ask(sql, ['AAPL', 'MSFT']);
      await pass(sql, 20);
      await ask(sql, ['SPY']);
      const beyond = (inner: Transaction) => ask(inner, ['NVDA']);
      const refusal = await refusalOf(sql, (inner) => beyond(inner as Transaction));
      expect(refusal).toMatchObject({
        code: 'quota_exceeded',
        message: expect.stringMatching(
          /asks for 1 new forecasts; .* asked for 3 in 2 runs, .* quota is 3 in 100/,
        ),
      });
      // The first two are an hour old in 40 minutes.
      expect(await retryAfter(sql, beyond)).toBe(2400);
      expect(await jobs(sql)).toHaveLength(3);
      // Neither what is being made, nor another user, nor a secret key.
      await ask(sql, ['AAPL', 'SPY']);
      await ask(sql, ['NVDA'], BOB);
      await sql`delete from public.jobs where payload ->> 'symbol' = 'NVDA'`;
      await sql`delete from public.runs where requested_by = ${BOB}`;
      await ask(sql, ['NVDA'], null);
      await sql`delete from public.runs where requested_by is null`;
      await pass(sql, 40);
      await ask(sql, ['NVDA']);
    }),
  );

  it(
    'is of runs too, so that subsets without end do not fill the database; what was asked before is the same run',
    rolledBack(async (sql) => {
      await prepare(sql);
      await set(sql, 'user_quota', { forecasts: 100, runs: 2 });
      await ask(sql, ['AAPL', 'MSFT']);
      await ask(sql, ['AAPL']);
      await ask(sql, ['AAPL']);
      const refusal = await refusalOf(sql, (inner) => ask(inner as Transaction, ['MSFT']));
      expect(refusal.code).toBe('quota_exceeded');
    }),
  );

  it(
    'is no value that no request could be held against',
    rolledBack(async (sql) => {
      for (const value of [
        3,
        { forecasts: 3 },
        { forecasts: -1, runs: 1 },
        { forecasts: 1.5, runs: 1 },
        { forecasts: '3', runs: 1 },
      ])
        expect(
          await refusalOf(sql, (inner) => set(inner as Transaction, 'user_quota', value) as never),
        ).toMatchObject({
          code: 'invalid_setting',
        });
    }),
  );
});

describe('a symbol that is not active', () => {
  it(
    'is refused to users, whether it has a forecast or not, and not to a secret key',
    rolledBack(async (sql) => {
      await prepare(sql);
      await sql`update public.symbols set active = false where symbol = 'NVDA'`;
      const refusal = {
        code: 'inactive_symbol',
        message: 'Not active: NVDA. Users are given forecasts of active symbols',
      };
      expect(await refusalOf(sql, (inner) => ask(inner as Transaction, ['AAPL', 'NVDA']))).toEqual(refusal);
      const state = (user: string | null) => (inner: Transaction) =>
        inner`select public.forecast_state('{NVDA}', '1D', ${user})` as Promise<unknown>;
      expect(await refusalOf(sql, (inner) => state(ADA)(inner as Transaction))).toEqual(refusal);
      await state(null)(sql);
      await ask(sql, ['NVDA'], null);
    }),
  );
});

describe('a forecast that could not be made', () => {
  it(
    'is not tried again for an hour: who asks is told why, and when it may be asked for again',
    rolledBack(async (sql) => {
      await prepare(sql);
      await ask(sql, ['AAPL', 'MSFT']);
      await end(sql, 'AAPL', 'constant_series');
      await pass(sql, 20);
      for (const user of [ADA, BOB, null]) {
        const again = (inner: Transaction) => ask(inner, ['AAPL', 'SPY'], user);
        expect(await refusalOf(sql, (inner) => again(inner as Transaction))).toMatchObject({
          code: 'failed_recently',
          message: expect.stringContaining('AAPL 1D (constant_series: AAPL failed)'),
        });
        expect(await retryAfter(sql, again)).toBe(2400);
      }
      const [{ state }] = await sql`select public.forecast_state('{AAPL, MSFT}', '1D') as state`;
      expect(state).toMatchObject([
        { failure: { code: 'constant_series', message: 'AAPL failed' } },
        { failure: null },
      ]);
      expect(await jobs(sql)).toHaveLength(2);
      await pass(sql, 40);
      await ask(sql, ['AAPL']);
      expect(await jobs(sql)).toHaveLength(3);
    }),
  );

  it(
    'for a request alone is no concern of run health, alerts and reports',
    rolledBack(async (sql) => {
      await prepare(sql);
      await startRollout(sql, { symbols: ['AAPL'] });
      const health = async () =>
        (await sql`select status from public.vw_run_health where check_name = 'dead_jobs'`)[0].status;
      const seen = async () => ({
        alerts: (
          await sql`select code from internal.error_sightings(now() - interval '1 hour', now() + interval '1 minute')`
        ).map(({ code }) => code),
        ...(
          await sql`
          select jobs_dead, runs_failed from internal.compose_report(current_date, '08:00', now() + interval '1 minute')`
        )[0],
      });
      await ask(sql, ['AAPL']);
      await end(sql, 'AAPL', 'constant_series');
      expect(await health()).toBe('ok');
      expect(await seen()).toEqual({ alerts: [], jobs_dead: 0, runs_failed: 0 });
      // The schedule's is.
      await plan(sql);
      await sql`select internal.end_job(j, 'dead', 'constant_series', 'x') from public.jobs j where j.status = 'queued' and j.payload ->> 'symbol' = 'AAPL'`;
      expect(await health()).toBe('failing');
      expect(await seen()).toEqual({
        alerts: ['constant_series', 'constant_series'],
        jobs_dead: 2,
        runs_failed: 2,
      });
    }),
  );

  it(
    'is put back with all runs that wait for it, unless another job makes it by now',
    rolledBack(async (sql) => {
      await prepare(sql);
      const [first, second, third] = [
        await ask(sql, ['AAPL']),
        await ask(sql, ['AAPL', 'MSFT'], BOB),
        await ask(sql, ['AAPL', 'SPY'], BOB),
      ];
      for (const symbol of ['MSFT', 'SPY']) await end(sql, symbol);
      await end(sql, 'AAPL', 'not_finite');
      const [{ id }] = await sql`select id from public.jobs where status = 'dead'`;
      // Of these the last is asked anew.
      await pass(sql, 60);
      await sql`update public.jobs set forecast_key = forecast_key || 'x' where id = ${id}`;
      await ask(sql, ['AAPL', 'SPY'], BOB);
      await sql`delete from public.jobs where status = 'queued'`;
      await sql`select public.retry_job(${id})`;
      expect(await runs(sql)).toMatchObject({
        [first]: { status: 'running', jobs_done: 0, error_code: null },
        [second]: { status: 'running', jobs_done: 1, error_code: null },
        [third]: { status: 'failed' },
      });
      await end(sql, 'AAPL', 'not_finite');
      expect(await runs(sql)).toMatchObject({
        [first]: { status: 'failed' },
        [second]: { status: 'failed' },
      });
      await sql`update public.jobs set forecast_key = rtrim(forecast_key, 'x') where id = ${id}`;
      await pass(sql, 60);
      await plan(sql);
      expect(await refusalOf(sql, (inner) => inner`select public.retry_job(${id})`)).toMatchObject({
        code: 'superseded',
      });
    }),
  );
});

describe('purge', () => {
  it(
    'takes with a run its jobs and what it joined, and leaves the others their count',
    rolledBack(async (sql) => {
      await prepare(sql);
      const [first, second] = [await ask(sql, ['AAPL']), await ask(sql, ['AAPL', 'MSFT'])];
      for (const symbol of ['AAPL', 'MSFT']) await end(sql, symbol);
      await sql`update public.runs set finished_at = now() - interval '401 days' where id = ${first}`;
      await sql`select internal.purge()`;
      expect(await runs(sql)).toMatchObject({
        [second]: { status: 'succeeded', jobs_total: 2, jobs_done: 2 },
      });
      expect(await sql`select run_id from public.joined_jobs`).toEqual([]);
      await sql`update public.runs set finished_at = now() - interval '401 days'`;
      await sql`select internal.purge()`;
      expect(await jobs(sql)).toEqual([]);
    }),
  );
});
