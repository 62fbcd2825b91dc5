import type { ClaimedJob, JobKind, JobOf } from '../contracts/job.ts';
import type { Json } from '../json.ts';

/** The queue as a worker sees it. Each call is one transaction; without the lease nothing is stored. */
export interface JobQueue {
  /**
   * The next job of these kinds, leased; null when none is claimable. A job that cannot be read ends dead, so that it does not come
   * back for ever.
   *
   * @throws StoreError; InvalidInputError `invalid_input` for a job that cannot be read
   */
  claim<Kind extends JobKind>(kinds: readonly Kind[]): Promise<JobOf<Kind> | null>;
  /** Stores a checkpoint and gives the job back. @throws StoreError `lease_lost` */
  saveStep(job: ClaimedJob, checkpoint: Json, progress: number): Promise<void>;
  /** Stores the result and ends the job. @throws StoreError `lease_lost` */
  complete(job: ClaimedJob, result: Json): Promise<void>;
  /** Reports a failure; `retry` says whether trying again can help. @throws StoreError `lease_lost` */
  fail(job: ClaimedJob, code: string, message: string, retry: boolean): Promise<'queued' | 'dead'>;
}
