import type { Stack } from '../../local/stack.ts';
import { ComputeMeter } from '../../shared/jobs/compute-meter.ts';
import { runNextJob } from '../../shared/jobs/run-next-job.ts';
import { plumblineClient } from '../../shared/store/client.ts';
import { storeJobHost } from '../../shared/store/store-job-host.ts';
import { plantedMembers } from './memorising-member.ts';

/** Steps of 5 s: no limit of a platform is at work here. */
const LIMITS = { step: 5_000, isolate: Number.POSITIVE_INFINITY, least: 0, call: 0 };

/**
 * Works in this process until no forecast or window waits, as the function `forecast-worker` does, but with the planted member among the
 * others: no Edge Function of the product has it.
 */
export async function workWithPlantedMember(stack: Stack): Promise<void> {
  const store = plumblineClient(stack.url, stack.secretKeys.default);
  for (;;) {
    const outcome = await runNextJob({
      ...storeJobHost(store),
      now: () => new Date().toISOString(),
      meter: new ComputeMeter(() => performance.now(), LIMITS),
      members: plantedMembers,
    });
    if (outcome.outcome === 'idle') return;
  }
}
