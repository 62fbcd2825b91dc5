import type { PlumblineClient } from '../shared/store/client.ts';
import { unwrap } from '../shared/store/unwrap.ts';

/** What was planned: how many forecasts and windows; `reason` when nothing could be. */
export interface PlannedWork {
  readonly forecasts: number;
  readonly windows: number;
  readonly reason?: string;
}

/**
 * Plans what is due by the function that cron calls, as often as it says that there is more.
 *
 * @param windows how many walk-forward windows, now; undefined: what the schedule would do
 * @throws StoreError
 */
export async function planWork(store: PlumblineClient, windows?: number): Promise<PlannedWork> {
  let forecasts = 0;
  let found = 0;
  for (;;) {
    const planned = unwrap(
      await store.rpc('plan_work', windows === undefined ? {} : { p_windows: windows }),
    ) as unknown as PlannedWork & { readonly more: boolean };
    forecasts += planned.forecasts;
    found += planned.windows;
    if (!planned.more) return { ...planned, forecasts, windows: found };
  }
}
