import type { BarColumns, Timeframe } from '../series/series.ts';
import type { PlumblineClient } from './client.ts';
import { countBars } from './count-bars.ts';
import { readSeries } from './read-series.ts';

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
  const ends = await countBars(client, symbols, timeframe, until);
  const found = symbols.map((symbol, i) => ({ symbol, end: ends[i] })).filter(({ end }) => end > 0);
  return await Promise.all(
    found.map(({ symbol, end }) =>
      readSeries(client, symbol, timeframe, Math.max(0, end - count), Math.min(count, end)),
    ),
  );
}
