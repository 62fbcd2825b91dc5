import type { ClaimedJob } from '../contracts/job.ts';
import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { PlumblineError } from '../errors/plumbline-error.ts';
import { StoreError } from '../errors/store-error.ts';
import type { JobQueue } from './job-queue.ts';

/** What became of a step. */
export interface StepOutcome {
  /** `idle`: no job. `stepped`: a checkpoint was stored. `lease_lost`: another worker has the job; nothing was stored. */
  readonly outcome: 'idle' | 'stepped' | 'succeeded' | 'retried' | 'dead' | 'lease_lost';
  readonly job?: number;
  readonly progress?: number;
  readonly code?: string;
}

/**
 * Reports a failed job to the queue: what the data or the configuration causes is dead at once, anything else is tried again.
 * A job whose lease was lost is another worker's: nothing is reported.
 *
 * @throws StoreError when the database cannot be reached
 */
export async function afterFailure(queue: JobQueue, job: ClaimedJob, error: unknown): Promise<StepOutcome> {
  if (isLeaseLost(error)) return { outcome: 'lease_lost', job: job.id };
  const code = error instanceof PlumblineError ? error.code : 'internal_error';
  const message = error instanceof Error ? error.message : String(error);
  const deterministic = error instanceof FitError || error instanceof InvalidInputError;
  try {
    const state = await queue.fail(job, code, `${subject(job)}: ${message}`, !deterministic);
    return { outcome: state === 'dead' ? 'dead' : 'retried', job: job.id, code };
  } catch (refusal) {
    // What failed was only the answer to a report that is stored, or the step took longer than the lease.
    if (isLeaseLost(refusal)) return { outcome: 'lease_lost', job: job.id };
    throw refusal;
  }
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'lease_lost';
}

function subject(job: ClaimedJob): string {
  const { symbol, horizon } = job.payload;
  return job.kind === 'validate_window'
    ? `${symbol} ${horizon} window ${job.payload.window_id}`
    : `${symbol} ${horizon}`;
}
