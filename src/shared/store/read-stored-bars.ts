import { parse } from '../contracts/parse.ts';
import { columnsFromAnswer, storedBarsSchema } from '../contracts/series-columns.ts';
import type { BarColumns, ReceivedTimeframe } from '../series/series.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** Stored bars, and when their series was last changed, ISO 8601; null where nothing is stored. */
export interface StoredBars {
  readonly bars: BarColumns;
  readonly storedAt: string | null;
}

/**
 * The stored bars around those of a span.
 *
 * @param first time of the span's first bar @param last of its last one
 * @param margin how many bars before and after it
 * @throws StoreError
 */
export async function readStoredBars(
  client: PlumblineClient,
  symbol: string,
  timeframe: ReceivedTimeframe,
  [first, last]: readonly [first: string, last: string],
  margin: number,
): Promise<StoredBars> {
  // The bar of a day is stored at its midnight in UTC.
  const instant = (time: string) => (timeframe === '1D' ? `${time}T00:00:00Z` : time);
  const answer = unwrap(
    await client.rpc('stored_bars_around', {
      ...{ p_symbol: symbol, p_timeframe: timeframe, p_first: instant(first), p_last: instant(last) },
      p_margin: margin,
    }),
  );
  const { stored_at: storedAt, ...columns } = parse(storedBarsSchema, answer, `The stored bars of ${symbol}`);
  return { bars: columnsFromAnswer({ symbol, timeframe, ...columns }), storedAt };
}
