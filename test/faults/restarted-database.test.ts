import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultStack, startFaultStack } from './support/fault-stack.ts';
import { clearResults, resultBits, watchQueue, workBits, writes } from './support/results.ts';
import { BARS, doAllWork, prepareSmallWork, uploadBars } from './support/small-work.ts';

const SYMBOLS = ['DOWN0', 'DOWN1', 'DOWN2', 'DOWN3', 'DOWN4', 'DOWN5'];
const CRASHES = 5;

let stack: FaultStack;

beforeAll(async () => {
  // With the safety of a real one: what was said to be stored must be there after a crash.
  stack = await startFaultStack({ fsync: true, functionInstances: { 'forecast-worker': 2 } });
  await prepareSmallWork(stack, SYMBOLS);
  await watchQueue(stack.sql);
});
afterAll(() => stack.stop());

const set = (name: string, value: number) =>
  stack.sql`select public.change_setting(${name}, ${stack.sql.json(value)})`;

/** Repeats until it does not fail and gives something. */
async function eventually<T>(ask: () => Promise<T | undefined>, timeout = 90_000): Promise<T> {
  const end = performance.now() + timeout;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`not within ${timeout} ms`);
    await sleep(100);
  }
}

async function everything() {
  return {
    results: await resultBits(stack.sql),
    writes: await writes(stack.sql),
    work: await workBits(stack.sql),
  };
}

describe('a database that crashes while workers run', () => {
  it('loses and doubles nothing: the work goes on by itself, to the same bits', async () => {
    await set('max_workers', 2);
    await doAllWork(stack, SYMBOLS);
    const undisturbed = await everything();

    await clearResults(stack.sql, BARS);
    await set('max_workers', 6);
    await set('lease_seconds', 4);
    let crashes = 0;
    let steps = 0;
    const crashNow = async () => {
      await sleep(100);
      const [{ taken }] = await stack.sql`
        select count(*)::integer as taken from faults.claims where ended in ('stepped', 'succeeded')`;
      // In the middle of the work, each time after some more of it.
      if (crashes === CRASHES || taken < steps + 3) return;
      steps = taken;
      crashes += 1;
      await stack.crashPostgres();
    };
    await doAllWork(stack, SYMBOLS, () => crashNow().catch(() => {}));
    expect(crashes).toBe(CRASHES);
    expect(await everything()).toEqual(undisturbed);
  });

  it('gets all its clients back: Data API, Auth, requests of the database, cron and changed definitions', async () => {
    await stack.crashPostgres();
    // Whoever keeps a connection finds out by its first failure; nobody needs a restart.
    await eventually(async () => {
      const headers = { apikey: stack.secretKeys.default };
      const response = await fetch(`${stack.url}/rest/v1/symbols?limit=1`, { headers });
      return response.ok ? true : undefined;
    });

    // A request is sent at once, and not when somebody comes by.
    const requested = await eventually(async () => {
      const [{ asked }] = await stack.sql`select internal.request_function('forecast-worker') as asked`;
      return asked as boolean;
    });
    expect(requested).toBe(true);
    await eventually(async () => {
      const [row] = await stack.sql`select status_code from net._http_response where status_code = 202`;
      return row;
    }, 10_000);

    // Definitions that change are noticed: the Data API listens again.
    await stack.sql`create function public.added_later() returns integer language sql as 'select 7'`;
    await stack.sql`grant execute on function public.added_later() to service_role`;
    await eventually(async () => {
      const response = await fetch(`${stack.url}/rest/v1/rpc/added_later`, {
        method: 'POST',
        headers: { apikey: stack.secretKeys.default, 'content-type': 'application/json' },
        body: '{}',
      });
      return response.ok ? true : undefined;
    }, 10_000);

    // Cron's next minute is kept.
    await stack.sql`select cron.schedule('after-the-crash', '* * * * *', 'select 1')`;
    await eventually(async () => {
      const [row] = await stack.sql`
        select d.status from cron.job_run_details d join cron.job j using (jobid)
        where j.jobname = 'after-the-crash' and d.status = 'succeeded'`;
      return row;
    }, 90_000);

    // Uploads, which write.
    await uploadBars(stack, 'UPAGAIN', 0, 20);
  });

  it('says to a caller that it is away, and nothing of its inside', async () => {
    const names = ['forecast-worker', 'check-divergence', 'forecast'];
    const headers = { apikey: stack.secretKeys.cron, 'content-type': 'application/json' };
    const told = new Set<string>();
    // It is away for half a second: on a busy machine a request may come before or after that, and is then sent once more.
    for (let crashes = 0; crashes < 10 && told.size < names.length; crashes++) {
      const crash = stack.crashPostgres();
      await sleep(50);
      const answers = await Promise.all(
        names.map(async (name) => {
          const body = JSON.stringify({ symbols: ['DOWN0'] });
          const response = await fetch(`${stack.url}/functions/v1/${name}`, {
            method: 'POST',
            headers,
            body,
          });
          return { name, status: response.status, code: (await response.json()).code };
        }),
      );
      await crash;
      for (const { name, status, code } of answers) {
        if (status < 300) continue;
        expect([name, status, code]).toEqual([name, 503, 'store_unavailable']);
        told.add(name);
      }
    }
    expect([...told].sort()).toEqual([...names].sort());
  });
});
