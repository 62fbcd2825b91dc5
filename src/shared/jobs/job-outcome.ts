import type { ClaimedJob } from '../contracts/job.ts';
import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { PlumblineError } from '../errors/plumbline-error.ts';
import { ProviderError } from '../errors/provider-error.ts';
import { StoreError } from '../errors/store-error.ts';
import { oneLine } from '../wording/one-line.ts';
import type { JobQueue } from './job-queue.ts';

/** What became of a step. */
export interface StepOutcome {
  /**
   * `idle`: no job. `spent`: nothing was claimed, for the isolate has computed all it may. `stepped`: a checkpoint was stored. `lease_lost`:
   * another worker has the job; nothing was stored.
   */
  readonly outcome: 'idle' | 'spent' | 'stepped' | 'succeeded' | 'retried' | 'dead' | 'lease_lost';
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
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  try {
    const state = await queue.fail(job, code, oneLine(`${subject(job)}: ${message}`), !isFinal(job, error));
    return { outcome: state === 'dead' ? 'dead' : 'retried', job: job.id, code };
  } catch (refusal) {
    // What failed was only the answer to a report that is stored, or the step took longer than the lease.
    if (isLeaseLost(refusal)) return { outcome: 'lease_lost', job: job.id };
    throw refusal;
  }
}

function codeOf(error: unknown): string {
  if (error instanceof StoreError && error.isBusy) return 'store_busy';
  return error instanceof PlumblineError ? error.code : 'internal_error';
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'lease_lost';
}

/** Whether trying again cannot help. */
function isFinal(job: ClaimedJob, error: unknown): boolean {
  if (error instanceof ProviderError) return !error.retryable;
  // What the database refuses of fetched bars (409 with a code of its own, not an SQLSTATE) it will refuse again.
  if (job.kind === 'ingest' && error instanceof StoreError)
    return error.status === 409 && !/^[0-9A-Z]{5}$/.test(error.code);
  return error instanceof FitError || error instanceof InvalidInputError;
}

function subject(job: ClaimedJob): string {
  if (job.kind === 'ingest') return `${job.payload.symbol} ${job.payload.timeframe}`;
  if (job.kind === 'evaluate_rollout') return `rollout ${job.payload.rollout_id}, ${job.payload.stage}`;
  const { symbol, horizon } = job.payload;
  return job.kind === 'validate_window'
    ? `${symbol} ${horizon} window ${job.payload.window_id}`
    : `${symbol} ${horizon}`;
}
