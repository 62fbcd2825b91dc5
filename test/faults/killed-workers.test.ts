import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import { type FaultStack, startFaultStack } from './support/fault-stack.ts';
import { claimEnds, clearResults, resultBits, watchQueue, workBits, writes } from './support/results.ts';
import { BARS, doAllWork, prepareSmallWork, WINDOWS } from './support/small-work.ts';

const KILLS = 200;
const SYMBOLS = Array.from({ length: 12 }, (_, k) => `KILL${k}`);
/** The last one watches over the others. */
const WORKERS = ['forecast-worker', 'check-divergence', 'relay'];
/** Milliseconds from a claim to the kill, at most: a step computes for 700. */
const LATEST = 700;

let stack: FaultStack;
const sql = () => stack.sql;

beforeAll(async () => {
  stack = await startFaultStack({ functionInstances: { 'forecast-worker': 3, 'check-divergence': 1 } });
  await prepareSmallWork(stack, SYMBOLS);
  await watchQueue(sql());
});
afterAll(() => stack.stop());

const set = (name: string, value: number) =>
  sql()`select public.change_setting(${name}, ${sql().json(value)})`;

/** All that must be the same with and without kills. */
async function everything() {
  return { results: await resultBits(sql()), writes: await writes(sql()), work: await workBits(sql()) };
}

describe('a worker that is ended in the middle of a step', () => {
  it('gives its job back at once, and another goes on with it', async () => {
    await set('max_workers', 1);
    await sql()`select public.plan_work(${WINDOWS})`;
    // Several steps long, and the only one.
    await sql()`delete from public.runs where kind <> 'forecast' or params ->> 'symbols' not like '%KILL0"%'`;
    await sql()`select public.dispatch_workers()`;
    const job = async () => (await sql()`select * from public.jobs`)[0];
    const until = async (isSo: (row: Awaited<ReturnType<typeof job>>) => boolean) => {
      for (let row = await job(); ; row = await job()) {
        if (isSo(row)) return row;
        await sleep(10);
      }
    };
    const { lease_token } = await until(({ status }) => status === 'running');
    const killedAt = performance.now();
    for (const id of stack.functionProcessIds('forecast-worker')) process.kill(id, 'SIGKILL');
    // The lease is for two minutes, and nobody ticks.
    await until((row) => row.lease_token !== lease_token);
    expect(performance.now() - killedAt).toBeLessThan(10_000);
    const [request] =
      await sql()`select response_error from public.worker_requests where response_error is not null`;
    expect(request.response_error).toBe('forecast-worker answered 546 WORKER_LIMIT');
    await until(({ status }) => status === 'succeeded');
    expect(performance.now() - killedAt).toBeLessThan(60_000);
    await clearResults(sql(), BARS);
  });
});

describe('200 random kills of workers in the middle of jobs', () => {
  it('leave every job done exactly once, with the same bits as without kills', async () => {
    await set('max_workers', 3);
    await doAllWork(stack, SYMBOLS);
    const undisturbed = await everything();
    expect(await claimEnds(sql())).not.toHaveProperty('expired');
    expect(undisturbed.writes).toMatchObject({
      forecasts: SYMBOLS.length,
      artifacts: SYMBOLS.length,
      ensemble_weights: SYMBOLS.length,
      forecast_outcomes: SYMBOLS.length,
      ensemble_validation_metrics: WINDOWS * SYMBOLS.length,
      overfitting_tests: WINDOWS * SYMBOLS.length,
    });

    // A relay that was killed keeps its place until its worker's lease ends.
    await set('max_workers', 8);
    await set('lease_seconds', 3);
    const random = new SeededRandom(6);
    const pick = (n: number) => Math.floor(random.uniform() * n);
    let kills = 0;
    let seen = 0;
    const killNow = async () => {
      const [{ newest, tried }] = await sql()`
        select coalesce(max(c.id), 0)::integer as newest,
          (select coalesce(max(j.attempts), 0) from public.jobs j where j.status in ('queued', 'running')) as tried
        from faults.claims c`;
      // Not the fifth time at one step of a job: five are what makes it dead, and rightly so.
      if (kills >= KILLS || newest === seen || tried > 3) return sleep(50);
      seen = newest;
      await sleep(pick(LATEST));
      const processes = WORKERS.flatMap((name) => stack.functionProcessIds(name));
      if (processes.length === 0) return;
      process.kill(processes[pick(processes.length)], 'SIGKILL');
      kills += 1;
    };

    let interrupted = 0;
    let rounds = 0;
    while (kills < KILLS) {
      await clearResults(sql(), BARS);
      seen = 0;
      await doAllWork(stack, SYMBOLS, killNow);
      expect(await everything()).toEqual(undisturbed);
      interrupted += (await claimEnds(sql())).expired ?? 0;
      rounds += 1;
    }
    console.log({ kills, interrupted, rounds });
    expect(interrupted).toBeGreaterThan(KILLS / 2);
  });
});
