import type { PlumblineClient } from './client.ts';
import { readSetting } from './read-setting.ts';

/** The factor of the setting `largest_move` for a symbol. @throws StoreError */
export async function readLargestMove(client: PlumblineClient, symbol: string): Promise<number> {
  const factors = await readSetting(client, 'largest_move');
  return factors[symbol] ?? factors.default;
}
