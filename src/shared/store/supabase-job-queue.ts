import { type ClaimedJob, claimedJobSchema, type JobKind, type JobOf } from '../contracts/job.ts';
import { parse } from '../contracts/parse.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Json } from '../json.ts';
import { CODE_VERSION } from '../version.ts';
import type { PlumblineClient } from './client.ts';
import type { Json as DatabaseJson } from './database.types.ts';
import { unwrap, unwrapNullable } from './unwrap.ts';

/** The queue by the database's rpc. */
export class SupabaseJobQueue implements JobQueue {
  readonly #client: PlumblineClient;
  readonly #request: number | null;

  /** @param request the row of `worker_requests` that is answered; null for a worker that was called by hand */
  constructor(client: PlumblineClient, request: number | null = null) {
    this.#client = client;
    this.#request = request;
  }

  async claim<Kind extends JobKind>(kinds: readonly Kind[]): Promise<JobOf<Kind> | null> {
    const job = unwrapNullable(
      await this.#client.rpc('claim_job', {
        p_kinds: [...kinds],
        p_code_version: CODE_VERSION,
        p_request: this.#request ?? undefined,
      }),
    );
    if (job === null) return null;
    try {
      return parse(claimedJobSchema, job, 'The claimed job') as JobOf<Kind>;
    } catch (error) {
      await this.fail(job as unknown as ClaimedJob, 'invalid_job', (error as Error).message, false);
      throw error;
    }
  }

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

  async complete(job: ClaimedJob, result: Json): Promise<void> {
    unwrapNullable(
      await this.#client.rpc('complete_job', {
        p_job_id: job.id,
        p_lease_token: job.lease_token,
        p_result: result as DatabaseJson,
      }),
    );
  }

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
