import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is neither null nor undefined; fails after `timeoutMilliseconds`. */
export async function eventually<T>(
  ask: () => Promise<T | null | undefined> | T | null | undefined,
  timeoutMilliseconds = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMilliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMilliseconds} ms`);
    await sleep(20);
  }
}
