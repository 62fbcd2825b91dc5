import type { Stack } from '../../local/stack.ts';
import { ComputeMeter, stepsOf } from '../../shared/jobs/compute-meter.ts';
import { runNextJob } from '../../shared/jobs/run-next-job.ts';
import { plumblineClient } from '../../shared/store/client.ts';
import { storeJobHost } from '../../shared/store/store-job-host.ts';
import { plantedMembers } from './memorising-member.ts';

/** Milliseconds that one step computes: no limit of a platform is at work here. */
const STEP = 5_000;

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
      meter: new ComputeMeter(() => performance.now(), stepsOf(STEP)),
      members: plantedMembers,
    });
    if (outcome.outcome === 'idle') return;
  }
}
