import { describe, expect, it } from 'vitest';
import { claimedJobSchema, type JobOf } from '../../../src/shared/contracts/job.ts';
import type { RolloutEvaluation } from '../../../src/shared/contracts/rollout-evaluation.ts';
import { StoreError } from '../../../src/shared/errors/store-error.ts';
import { evaluateClaimed, evaluateRollout } from '../../../src/shared/jobs/evaluate-rollout.ts';
import type { JobQueue } from '../../../src/shared/jobs/job-queue.ts';
import type { Json } from '../../../src/shared/json.ts';
import { judgeRollout } from '../../../src/shared/rollout/judge-rollout.ts';
import { CODE_VERSION } from '../../../src/shared/version.ts';
import { evidenceOf } from '../rollout/simulated-evidence.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const job = claimedJobSchema.parse({
  ...{ id: 7, run_id: ID, lease_token: ID, attempt: 1, kind: 'evaluate_rollout' },
  payload: { rollout_id: 3, stage: 'canary' },
}) as JobOf<'evaluate_rollout'>;
const evidence = evidenceOf();
const evaluation = judgeRollout(evidence, CODE_VERSION);

/** A queue that remembers what it is told. */
function queueOf() {
  const told: { completed?: Json; failed?: [string, string, boolean] } = {};
  const queue: JobQueue = {
    claim: async () => null,
    saveStep: async () => {},
    complete: async (_, result) => {
      told.completed = result;
    },
    fail: async (_, code, message, retry) => {
      told.failed = [code, message, retry];
      return retry ? 'queued' : 'dead';
    },
  };
  return { queue, told };
}

describe('evaluateClaimed', () => {
  it('completes the job with what the judge finds of the evidence', async () => {
    const { queue, told } = queueOf();
    const outcome = await evaluateClaimed(job, queue, { evidence: async () => evidence });
    expect(outcome).toEqual({ outcome: 'succeeded', job: 7, progress: 1 });
    expect(told.completed).toEqual(evaluation);
  });

  it('is tried again when the evidence cannot be read, and names the rollout', async () => {
    const { queue, told } = queueOf();
    const reader = {
      evidence: async () => {
        throw new StoreError('store_unreachable', 'no answer', 0);
      },
    };
    expect(await evaluateClaimed(job, queue, reader)).toMatchObject({ outcome: 'retried' });
    expect(told.failed).toEqual(['store_unreachable', 'rollout 3, canary: no answer', true]);
  });
});

describe('evaluateRollout', () => {
  it('stores what the judge finds, with the evidence that it was found on', async () => {
    const stored: RolloutEvaluation[] = [];
    const answer = await evaluateRollout({
      evidence: async () => evidence,
      storeEvaluation: async (of, found) => {
        expect(of).toBe(evidence);
        stored.push(found);
        return { evaluation_id: 5 };
      },
    });
    expect(stored).toEqual([evaluation]);
    expect(answer).toEqual({ evidence, evaluation, stored: { evaluation_id: 5 } });
  });
});
