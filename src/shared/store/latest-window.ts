import { parse } from '../contracts/parse.ts';
import { storedWindowSchema } from '../contracts/stored-window.ts';
import type { StoredWindow } from '../divergence/judge-fit.ts';
import type { Horizon } from '../series/horizon.ts';
import type { PlumblineClient } from './client.ts';
import { unwrapNullable } from './unwrap.ts';

/**
 * The latest window validated with a configuration, among those whose bars are still the stored ones; null when there is none.
 *
 * @throws StoreError
 */
export async function latestWindow(
  client: PlumblineClient,
  symbol: string,
  horizon: Horizon,
  configHash: string,
): Promise<StoredWindow | null> {
  const window = unwrapNullable(
    await client.rpc('latest_window', { p_symbol: symbol, p_horizon: horizon, p_config_hash: configHash }),
  );
  if (window === null) return null;
  const { divergence, verdict, window_id } = parse(storedWindowSchema, window, 'The latest window');
  return { windowId: window_id, divergence, verdict };
}
