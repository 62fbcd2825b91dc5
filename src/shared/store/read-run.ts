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
  /** Mean share of the work done over the run's jobs and those it joined, 0 to 1. */
  readonly progress: number;
};

/** How a run stands, and the ids of the forecasts that it waited for and that are there. @throws InvalidInputError `unknown_run`; StoreError */
export async function readRun(
  store: PlumblineClient,
  id: string,
): Promise<{ readonly run: RunStatus; readonly forecastIds: readonly number[] }> {
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
  const made = unwrap(await store.rpc('run_progress', { p_run_id: id }).single());
  return { run: { ...run, progress: made.progress }, forecastIds: made.forecast_ids };
}
