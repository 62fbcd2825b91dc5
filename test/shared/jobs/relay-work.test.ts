import { describe, expect, it } from 'vitest';
import { RELAY_TIME, relayWork, type WorkerAnswer } from '../../../src/shared/jobs/relay-work.ts';

/** A host whose worker answers so, one call after the other, a second each; the last answer is repeated. */
function hostOf(answers: readonly WorkerAnswer[], endingAfter = Number.POSITIVE_INFINITY) {
  let calls = 0;
  const ends: (string | null)[] = [];
  return {
    ends,
    call: async () => answers[Math.min(calls++, answers.length - 1)]!,
    end: async (reason: string | null) => {
      ends.push(reason);
    },
    monotonicClock: () => calls * 1_000,
    isEnding: () => calls >= endingAfter,
  };
}

const stepped = { status: 200, outcome: 'stepped' };
const idle = { status: 200, outcome: 'idle' };
const spent = { status: 503, outcome: 'spent' };

describe('relayWork', () => {
  it('calls until no job waits, and then says that the worker has ended', async () => {
    const host = hostOf([
      stepped,
      { status: 200, outcome: 'succeeded' },
      { status: 200, outcome: 'retried' },
      idle,
    ]);
    expect(await relayWork(host)).toBe(4);
    expect(host.ends).toEqual([null]);
  });

  it('says at once that the platform ended a worker, and why', async () => {
    const host = hostOf([
      stepped,
      { status: 546, reason: 'forecast-worker answered 546 WORKER_LIMIT' },
      idle,
    ]);
    expect(await relayWork(host)).toBe(2);
    expect(host.ends).toEqual(['forecast-worker answered 546 WORKER_LIMIT']);
    const silent = hostOf([{ status: null, reason: 'forecast-worker did not answer' }]);
    expect(await relayWork(silent)).toBe(1);
    expect(silent.ends).toEqual(['forecast-worker did not answer']);
  });

  it('asks another isolate where one is spent, once, and leaves it to the database after that', async () => {
    const host = hostOf([stepped, spent, stepped, spent, spent, stepped]);
    expect(await relayWork(host)).toBe(5);
    expect(host.ends).toEqual([null]);
  });

  it('leaves a job that goes on in the background alone', async () => {
    const host = hostOf([{ status: 202, outcome: 'accepted' }]);
    expect(await relayWork(host)).toBe(1);
    expect(host.ends).toEqual([null]);
  });

  it('ends when its time is over, or the platform is about to end it, after a step', async () => {
    expect(await relayWork(hostOf([stepped]))).toBe(RELAY_TIME / 1_000);
    const host = hostOf([stepped], 3);
    expect(await relayWork(host)).toBe(3);
    expect(host.ends).toEqual([null]);
  });
});
