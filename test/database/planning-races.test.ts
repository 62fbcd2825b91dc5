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
