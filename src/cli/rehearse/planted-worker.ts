import type { Stack } from '../../local/stack.ts';
import { runNextJob } from '../../shared/jobs/run-next-job.ts';
import { plumblineClient } from '../../shared/store/client.ts';
import { latestWindow } from '../../shared/store/latest-window.ts';
import { readCompanions } from '../../shared/store/read-companions.ts';
import { readForecastContext } from '../../shared/store/read-forecast-context.ts';
import { readLargestMove } from '../../shared/store/read-largest-move.ts';
import { readSeries } from '../../shared/store/read-series.ts';
import { SupabaseJobQueue } from '../../shared/store/supabase-job-queue.ts';
import { plantedMembers } from './memorising-member.ts';

/** Milliseconds that one step computes: no limit of a platform is at work here. */
const STEP_BUDGET = 5_000;

/**
 * Works in this process until no forecast or window waits, as the function `forecast-worker` does, but with the planted member among the
 * others: no Edge Function of the product has it.
 */
export async function workWithPlantedMember(stack: Stack): Promise<void> {
  const store = plumblineClient(stack.url, stack.secretKeys.default);
  for (;;) {
    const outcome = await runNextJob({
      queue: new SupabaseJobQueue(store),
      readSeries: (symbol, timeframe, from, count) => readSeries(store, symbol, timeframe, from, count),
      readCompanions: (...wanted) => readCompanions(store, ...wanted),
      readForecastContext: (subject) => readForecastContext(store, subject),
      largestMove: (symbol) => readLargestMove(store, symbol),
      latestWindow: (...subject) => latestWindow(store, ...subject),
      now: () => new Date().toISOString(),
      monotonicClock: () => performance.now(),
      stepBudget: STEP_BUDGET,
      members: plantedMembers,
    });
    if (outcome.outcome === 'idle') return;
  }
}
