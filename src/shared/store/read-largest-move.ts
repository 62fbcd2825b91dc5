import { largestMoveSchema } from '../contracts/market-data.ts';
import { parse } from '../contracts/parse.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** The factor of the setting `largest_move` for a symbol. @throws StoreError */
export async function readLargestMove(client: PlumblineClient, symbol: string): Promise<number> {
  const { value } = unwrap(await client.from('settings').select('value').eq('name', 'largest_move').single());
  const factors = parse(largestMoveSchema, value, 'the setting largest_move');
  return factors[symbol] ?? factors.default;
}
