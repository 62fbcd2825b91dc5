import type { JobHost } from '../jobs/run-next-job.ts';
import type { PlumblineClient } from './client.ts';
import { latestWindow } from './latest-window.ts';
import { readBarRules } from './read-bar-rules.ts';
import { readCompanions } from './read-companions.ts';
import { readCovariates } from './read-covariates.ts';
import { readEvents } from './read-events.ts';
import { readForecastContext } from './read-forecast-context.ts';
import { readSeries } from './read-series.ts';
import { SupabaseJobQueue } from './supabase-job-queue.ts';

/**
 * What a worker takes of the database; the clock and the meter are its host's.
 *
 * @param request the row of `worker_requests` that is answered; null for a worker that was called by hand
 */
export function storeJobHost(
  store: PlumblineClient,
  request: number | null = null,
): Omit<JobHost, 'now' | 'meter' | 'members'> {
  return {
    queue: new SupabaseJobQueue(store, request),
    readSeries: (symbol, timeframe, from, count) => readSeries(store, symbol, timeframe, from, count),
    readCompanions: (...wanted) => readCompanions(store, ...wanted),
    readEvents: (...wanted) => readEvents(store, ...wanted),
    readCovariates: (...wanted) => readCovariates(store, ...wanted),
    readForecastContext: (subject) => readForecastContext(store, subject),
    barRules: (symbol) => readBarRules(store, symbol),
    latestWindow: (...subject) => latestWindow(store, ...subject),
  };
}
