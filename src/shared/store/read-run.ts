import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { PlumblineClient } from './client.ts';
import type { Tables } from './database.types.ts';
import { unwrap, unwrapNullable } from './unwrap.ts';

/** How a run stands. */
export type RunStatus = Pick<
  Tables<'runs'>,
  | 'id'
  | 'kind'
  | 'status'
  | 'params'
  | 'jobs_total'
  | 'jobs_done'
  | 'error_code'
  | 'error_message'
  | 'created_at'
  | 'started_at'
  | 'finished_at'
> & {
  /** Mean share of the work done over the run's jobs, 0 to 1. */
  readonly progress: number;
};

/** @throws InvalidInputError `unknown_run`; StoreError */
export async function readRun(store: PlumblineClient, id: string): Promise<RunStatus> {
  const run = unwrapNullable(
    await store
      .from('runs')
      .select(
        'id, kind, status, params, jobs_total, jobs_done, error_code, error_message, created_at, started_at, finished_at',
      )
      .eq('id', id)
      .maybeSingle(),
  );
  if (run === null) throw new InvalidInputError('unknown_run', `There is no run ${id}`);
  const jobs = unwrap(await store.from('jobs').select('progress').eq('run_id', id).limit(1000));
  const progress = jobs.reduce((sum, job) => sum + job.progress, 0) / Math.max(1, jobs.length);
  return { ...run, progress };
}
