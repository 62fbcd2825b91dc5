import type { JobOf } from '../contracts/job.ts';
import type { RolloutEvaluation } from '../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../contracts/rollout-evidence.ts';
import type { Json } from '../json.ts';
import { judgeRollout } from '../rollout/judge-rollout.ts';
import { CODE_VERSION } from '../version.ts';
import { afterFailure, type StepOutcome } from './job-outcome.ts';
import type { JobQueue } from './job-queue.ts';

/** What judging reads. */
export interface EvidenceReader {
  /** @throws StoreError `no_rollout` */
  evidence(): Promise<RolloutEvidence>;
}

/** What judging now reads and writes. */
export interface EvaluationStore<Stored> extends EvidenceReader {
  storeEvaluation(evidence: RolloutEvidence, evaluation: RolloutEvaluation): Promise<Stored>;
}

/**
 * Judges the running rollout's stage on what the database knows now, and stores what was found.
 *
 * @throws StoreError `no_rollout`; `stage_changed` when somebody promoted or rolled back meanwhile: nothing was stored then
 */
export async function evaluateRollout<Stored>(store: EvaluationStore<Stored>): Promise<{
  readonly evidence: RolloutEvidence;
  readonly evaluation: RolloutEvaluation;
  readonly stored: Stored;
}> {
  const evidence = await store.evidence();
  const evaluation = judgeRollout(evidence, CODE_VERSION);
  return { evidence, evaluation, stored: await store.storeEvaluation(evidence, evaluation) };
}

/**
 * Does a claimed evaluation: reads the evidence, judges, and stores the verdict with the job's end.
 *
 * @throws StoreError when the database cannot be reached
 */
export async function evaluateClaimed(
  job: JobOf<'evaluate_rollout'>,
  queue: JobQueue,
  reader: EvidenceReader,
): Promise<StepOutcome> {
  try {
    const evaluation = judgeRollout(await reader.evidence(), CODE_VERSION);
    await queue.complete(job, evaluation as unknown as Json);
    return { outcome: 'succeeded', job: job.id, progress: 1 };
  } catch (error) {
    return await afterFailure(queue, job, error);
  }
}
