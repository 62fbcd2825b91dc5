import type { Timeframe } from '../series/series.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/**
 * How many bars each symbol has up to a bar's time, that one included; 0 of a symbol without any.
 *
 * @param until time of a bar, as `BarColumns` has it
 * @throws StoreError
 */
export async function countBars(
  client: PlumblineClient,
  symbols: readonly string[],
  timeframe: Timeframe,
  until: string,
): Promise<number[]> {
  const rows = unwrap(
    await client.rpc('count_bars', {
      p_symbols: [...symbols],
      p_timeframe: timeframe,
      // The bar of a day is stored at its midnight in UTC.
      p_until: timeframe === '1D' ? `${until}T00:00:00Z` : until,
    }),
  );
  const bars = new Map(rows.map((row) => [row.symbol, row.bars]));
  return symbols.map((symbol) => bars.get(symbol) ?? 0);
}
