import { type ClaimedJob, claimedJobSchema, type JobKind } from '../contracts/job.ts';
import { parse } from '../contracts/parse.ts';
import type { Json } from '../models/forecaster.ts';
import type { PlumblineClient } from './client.ts';
import type { Json as DatabaseJson } from './database.types.ts';
import { unwrap, unwrapNullable } from './unwrap.ts';

/** The queue as a worker sees it. Each call is one transaction; without the lease nothing is stored. */
export class JobQueue {
  readonly #client: PlumblineClient;

  constructor(client: PlumblineClient) {
    this.#client = client;
  }

  /** The next job of these kinds, leased; null when none is claimable. @throws StoreError */
  async claim(kinds: readonly JobKind[]): Promise<ClaimedJob | null> {
    const job = unwrapNullable(await this.#client.rpc('claim_job', { p_kinds: [...kinds] }));
    return job === null ? null : parse(claimedJobSchema, job, 'the claimed job');
  }

  /** Stores a checkpoint and gives the job back. @throws StoreError `lease_lost` */
  async saveStep(job: ClaimedJob, checkpoint: Json, progress: number): Promise<void> {
    unwrapNullable(
      await this.#client.rpc('save_step', {
        p_job_id: job.id,
        p_lease_token: job.lease_token,
        p_checkpoint: checkpoint as DatabaseJson,
        p_progress: progress,
      }),
    );
  }

  /** Stores the result and ends the job. @throws StoreError `lease_lost` */
  async complete(job: ClaimedJob, result: Json): Promise<void> {
    unwrapNullable(
      await this.#client.rpc('complete_job', {
        p_job_id: job.id,
        p_lease_token: job.lease_token,
        p_result: result as DatabaseJson,
      }),
    );
  }

  /** Reports a failure; `retry` says whether trying again can help. @throws StoreError `lease_lost` */
  async fail(job: ClaimedJob, code: string, message: string, retry: boolean): Promise<'queued' | 'dead'> {
    return unwrap(
      await this.#client.rpc('fail_job', {
        p_job_id: job.id,
        p_lease_token: job.lease_token,
        p_code: code,
        p_message: message,
        p_retry: retry,
      }),
    ) as 'queued' | 'dead';
  }
}
