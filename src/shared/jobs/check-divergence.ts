import {
  type AlertDecisions,
  type CheckedWindow,
  decideAlerts,
  type OpenAlert,
} from '../divergence/decide-alerts.ts';
import type { Json } from '../json.ts';
import { afterFailure, type StepOutcome } from './job-outcome.ts';
import type { JobQueue } from './job-queue.ts';

/** What a check is about. */
export interface DivergenceSubject {
  readonly symbol: string;
  readonly horizon: string;
  readonly ensemble: string;
  readonly configHash: string;
}

/** What a check reads. */
export interface DivergenceReader {
  /** The subject's latest validated window. @throws StoreError when there is none */
  latestWindow(subject: DivergenceSubject): Promise<CheckedWindow>;
  openAlerts(subject: DivergenceSubject): Promise<readonly OpenAlert[]>;
}

/**
 * Claims one divergence check and does it: reads the latest window of its subject and the open alerts, decides, and stores the
 * decisions with the job's end.
 *
 * @throws StoreError when the database cannot be reached
 */
export async function checkNextDivergence(queue: JobQueue, reader: DivergenceReader): Promise<StepOutcome> {
  const job = await queue.claim(['check_divergence']);
  if (job === null) return { outcome: 'idle' };
  try {
    const { symbol, horizon, ensemble, levels } = job.payload;
    const subject = { symbol, horizon, ensemble, configHash: job.config_hash };
    const latest = await reader.latestWindow(subject);
    const decisions = decideAlerts(latest, await reader.openAlerts(subject), levels);
    await queue.complete(job, toRows(decisions, { symbol, horizon, ensemble }));
    return { outcome: 'succeeded', job: job.id, progress: 1 };
  } catch (error) {
    return await afterFailure(queue, job, error);
  }
}

function toRows(decisions: AlertDecisions, subject: { readonly [column: string]: Json }): Json {
  return {
    open: decisions.open.map(({ metricsId, ...alert }) => ({ ...subject, ...alert, metrics_id: metricsId })),
    resolve: decisions.resolve.map(({ id, resolution }) => ({ id, resolution })),
  };
}
