import type { BarColumns, Timeframe } from '../series/series.ts';
import type { PlumblineClient } from './client.ts';
import { readSeries } from './read-series.ts';
import { unwrap } from './unwrap.ts';

/**
 * Of each symbol the last bars up to a bar's time, oldest first, in the order of the names. A symbol without any bar by then is left out.
 *
 * @param until time of a bar, as a {@link BarColumns} has it
 * @param count at most this many of each
 * @throws StoreError
 */
export async function readCompanions(
  client: PlumblineClient,
  symbols: readonly string[],
  timeframe: Timeframe,
  until: string,
  count: number,
): Promise<BarColumns[]> {
  if (symbols.length === 0) return [];
  const rows = unwrap(
    await client.rpc('count_bars', {
      p_symbols: [...symbols],
      p_timeframe: timeframe,
      // The bar of a day is stored at its midnight in UTC.
      p_until: timeframe === '1D' ? `${until}T00:00:00Z` : until,
    }),
  );
  const bars = new Map(rows.map((row) => [row.symbol, row.bars]));
  const found = symbols.filter((symbol) => (bars.get(symbol) ?? 0) > 0);
  return await Promise.all(
    found.map((symbol) => {
      const end = bars.get(symbol)!;
      return readSeries(client, symbol, timeframe, Math.max(0, end - count), Math.min(count, end));
    }),
  );
}
