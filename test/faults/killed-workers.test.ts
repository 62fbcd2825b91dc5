import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import { type FaultStack, startFaultStack } from './support/fault-stack.ts';
import { claimEnds, clearResults, resultBits, watchQueue, workBits, writes } from './support/results.ts';
import { BARS, doAllWork, prepareSmallWork, WINDOWS } from './support/small-work.ts';

const KILLS = 200;
const SYMBOLS = Array.from({ length: 12 }, (_, k) => `KILL${k}`);
const WORKERS = ['forecast-worker', 'check-divergence'];
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

    // A worker that was killed keeps its place until its lease ends.
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
