import { parse } from '../contracts/parse.ts';
import { columnsFromAnswer, seriesColumnsSchema } from '../contracts/series-columns.ts';
import type { BarColumns, Timeframe } from '../series/series.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/**
 * Bars of a symbol, oldest first.
 *
 * @param from ordinal of the first bar wanted (the series' first is 0)
 * @param count at most this many
 * @throws StoreError
 */
export async function readSeries(
  client: PlumblineClient,
  symbol: string,
  timeframe: Timeframe,
  from: number,
  count: number,
): Promise<BarColumns> {
  const columns = unwrap(
    await client.rpc('read_series', {
      p_symbol: symbol,
      p_timeframe: timeframe,
      p_offset: from,
      p_limit: count,
    }),
  );
  return columnsFromAnswer(parse(seriesColumnsSchema, columns, `The bars of ${symbol}`));
}
