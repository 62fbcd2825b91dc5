// Two transactions at once, which commit: the file has its database for itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownerConnection } from './support/own-database.ts';
import type { Transaction } from './support/rolled-back.ts';
import { addBars, addEnsemble, addWindow } from './support/rows.ts';

const [first, second] = [ownerConnection(), ownerConnection()];
let dates: string[];

beforeAll(async () => {
  await first.begin(async (sql) => {
    await addEnsemble(sql);
    dates = await addBars(sql, 'SPY', '2026-07-10');
  });
});

afterAll(async () => {
  await first.end();
  await second.end();
});

/** Lets the second transaction wait for the first, which began before it. */
const behind = async (
  before: (sql: Transaction) => Promise<unknown>,
  after: (sql: Transaction) => Promise<unknown>,
) => {
  let waiting: Promise<unknown> | undefined;
  await first.begin(async (sql) => {
    await before(sql);
    waiting = second.begin(after);
    await sleep(100);
  });
  await waiting;
};

describe('a second planner', () => {
  it('steps aside, and its slot is not done before it has planned', async () => {
    const [slot] = await first.begin(async (sql) => {
      await sql`select public.plan_work()`;
      expect(await second`select internal.tick_plan(now()) as made`).toEqual([{ made: { busy: true } }]);
      // Five hours after the close of 2026-07-14.
      await second`select internal.tick_slot('validate', '2026-07-15T01:00:00Z')`;
      return await second`select status, result from public.slot_runs`;
    });
    expect(slot).toEqual({ status: 'unfinished', result: { windows: 0, more: true } });
    expect(await second`select internal.tick_continue('2026-07-15T01:01:00Z') as made`).toEqual([
      { made: { 'validate 2026-07-14 21:00': 'done' } },
    ]);
    expect(await second`select status, result from public.slot_runs`).toEqual([
      { status: 'done', result: { windows: 0 } },
    ]);
  });
});

describe('a request', () => {
  const ask = (sql: Transaction, ...symbols: string[]) =>
    sql`select public.request_forecasts(${symbols}, '1D')`;
  const shared = async () => [
    ...(await first`
      select j.payload ->> 'symbol' as symbol, count(*)::integer as jobs, min(r.requested_via) as of,
        count(x.run_id)::integer as joined
      from public.jobs j
      join public.runs r on r.id = j.run_id
      left join public.joined_jobs x on x.job_id = j.id
      where j.kind = 'forecast' group by 1 order by 1`),
  ];
  const forget = () => first`delete from public.runs where kind = 'forecast'`;

  beforeAll(() =>
    first.begin(async (sql) => {
      for (const symbol of ['AAPL', 'MSFT']) await addBars(sql, symbol, '2026-07-10', 1250);
    }),
  );

  it('and another one at the same moment share jobs, in whatever order they name their symbols', async () => {
    await forget();
    await behind(
      (sql) => ask(sql, 'MSFT', 'AAPL'),
      (sql) => ask(sql, 'AAPL'),
    );
    expect(await shared()).toEqual([
      { symbol: 'AAPL', jobs: 1, of: 'http', joined: 1 },
      { symbol: 'MSFT', jobs: 1, of: 'http', joined: 0 },
    ]);
  });

  it('and the schedule at the same moment share a job, which is the schedule’s, whichever of the two commits first', async () => {
    const plan = (sql: Transaction) =>
      sql`select internal.plan_forecasts(array(select id from public.symbols where symbol in ('AAPL', 'MSFT')))`;
    for (const [before, after] of [
      [plan, (sql: Transaction) => ask(sql, 'AAPL')],
      [(sql: Transaction) => ask(sql, 'AAPL'), plan],
    ] as const) {
      await forget();
      await behind(before, after);
      expect(await shared()).toEqual([
        { symbol: 'AAPL', jobs: 1, of: 'schedule', joined: 1 },
        { symbol: 'MSFT', jobs: 1, of: 'schedule', joined: 0 },
      ]);
    }
  });

  it('does not join a job that ends at the same moment', async () => {
    await forget();
    await first.begin((sql) => ask(sql, 'AAPL'));
    await behind(
      (sql) =>
        sql`select internal.end_job(j, 'succeeded', null, null) from public.jobs j where j.kind = 'forecast' for update`,
      (sql) => ask(sql, 'AAPL', 'MSFT'),
    );
    expect(await shared()).toEqual([
      { symbol: 'AAPL', jobs: 2, of: 'http', joined: 0 },
      { symbol: 'MSFT', jobs: 1, of: 'http', joined: 0 },
    ]);
  });
});

describe('a window that is stored while its bars change', () => {
  const valid = async () =>
    (await first`select is_valid from public.window_validity`).map(({ is_valid }) => is_valid);
  const restate = (sql: Transaction, close: number) => sql`
    select public.ingest_bars('SPY', '1D', 'csv', 'file', 'all',
      ${sql.json(dates.map((date) => [date, close, close, close, close, 1]))})`;
  it('does not stand, whichever of the two commits first', async () => {
    // A repeated window updates its row, which locks nothing of the symbol's.
    await second.begin((sql) => addWindow(sql, 'SPY', dates, 0.1));
    await behind(
      (sql) => addWindow(sql, 'SPY', dates, 0.1),
      (sql) => restate(sql, 2),
    );
    expect(await valid()).toEqual([false]);
    await second.begin((sql) => addWindow(sql, 'SPY', dates, 0.1));
    expect(await valid()).toEqual([true]);
    // The window's transaction is the older one, by the clock that stamps both.
    await second.begin(async (window) => {
      await window`select now()`;
      await sleep(10);
      await first.begin((sql) => restate(sql, 3));
      await addWindow(window, 'SPY', dates, 0.1);
    });
    expect(await valid()).toEqual([false]);
  });
});

describe('bars that are restated', () => {
  const restate = async (sql: Transaction, close: number) =>
    (
      await sql`
        select public.ingest_bars('MSFT', '1D', 'csv', 'file', 'all', (
          select jsonb_agg(jsonb_build_array(b.bar_time, ${close}::float8, ${close}::float8, ${close}::float8, ${close}::float8, 1))
          from public.bars b join public.symbols s on s.id = b.symbol_id where s.symbol = 'MSFT'))`
    ).length;
  const current = async () =>
    (await first`select data_cutoff::text from public.current_forecasts where symbol = 'MSFT'`).length;
  const jobs = async () => [
    ...(await first`
      select j.status, count(*)::integer as jobs from public.jobs j
      where j.kind = 'forecast' and j.payload ->> 'symbol' = 'MSFT' group by 1 order by 1`),
  ];
  /** A worker takes the job, and has read its bars. */
  const claim = async () => (await first`select public.claim_job('{forecast}', '1') as job`)[0].job;
  const complete = (
    sql: Transaction,
    job: { readonly id: number; readonly lease_token: string; readonly config_hash: string },
  ) => sql`
    select public.complete_job(${job.id}, ${job.lease_token}, jsonb_build_object('weights', null,
      'artifact', to_jsonb(a) || jsonb_build_object('symbol', 'MSFT'), 'forecast', to_jsonb(a) || jsonb_build_object(
        'symbol', 'MSFT', 'target_time', a.data_cutoff + interval '2 days', 'last_close', 1, 'forecast_return', 0, 'forecast_price', 1,
        'scale', 0.01, 'probability_up', 0.5, 'quantile_levels', '[0.5]'::jsonb, 'return_quantiles', '[0]'::jsonb, 'members', '[]'::jsonb)
        || (select jsonb_object_agg(bound || width, 1) from unnest('{lower_,upper_}'::text[]) bound, unnest('{50,80,90,95}'::text[]) width)))
    from (
      select '1D' as horizon, 'candidate' as ensemble, ${job.config_hash}::text as config_hash, '0' as code_version, b.last_bar_time as data_cutoff,
        '{}'::jsonb as hyperparameters, '{}'::jsonb as state
      from public.bar_series b join public.symbols s on s.id = b.symbol_id where s.symbol = 'MSFT'
    ) a`;

  it('have no current forecast from the same transaction on; who read them before stores nothing, whichever of the two commits first', async () => {
    await first`delete from public.runs where kind = 'forecast'`;
    await first.begin((sql) => restate(sql, 2));
    expect(await jobs()).toEqual([{ status: 'queued', jobs: 1 }]);

    // The worker claims before they are restated, and hands in while they are.
    const early = await claim();
    await behind(
      (sql) => restate(sql, 3),
      (sql) => complete(sql, early),
    );
    expect([await jobs(), await current()]).toEqual([[{ status: 'queued', jobs: 2 }], 0]);

    // The worker claims while they are restated, reads what was there, and hands in afterwards.
    let late: Awaited<ReturnType<typeof claim>>;
    await second.begin(async (sql) => {
      await restate(sql, 4);
      late = await claim();
    });
    await first.begin((sql) => complete(sql, late));
    expect([await jobs(), await current()]).toEqual([[{ status: 'queued', jobs: 3 }], 0]);

    // The restatement's transaction is the older one, and waits for the worker that hands in.
    const held = await claim();
    await second.begin(async (sql) => {
      await sql`select now()`;
      await first.begin((worker) => complete(worker, held));
      expect(await current()).toBe(1);
      await restate(sql, 5);
    });
    expect(await current()).toBe(0);
    expect(
      await first`select count(*)::integer as stored from public.forecasts where symbol = 'MSFT'`,
    ).toEqual([{ stored: 1 }]);

    // From the new bars.
    const again = await claim();
    await first.begin((sql) => complete(sql, again));
    expect(await current()).toBe(1);
  });

  it('are planned by the next minute where somebody else plans at that moment', async () => {
    await first`delete from public.runs where kind = 'forecast'`;
    await second.begin(async (planner) => {
      await planner`select pg_advisory_xact_lock(hashtext('plumbline.plan_work'))`;
      await first.begin((sql) => restate(sql, 6));
    });
    expect(await jobs()).toEqual([]);
    const [{ tick }] = await first`select internal.tick_continue(now()) as tick`;
    expect(tick).toEqual({ restated: 1 });
    expect(await jobs()).toEqual([{ status: 'queued', jobs: 1 }]);
  });
});
