import { z } from 'zod';
import { type BarColumns, TIMEFRAMES } from '../series/series.ts';

const column = z.array(z.number());

/** What the SQL function `read_series` answers. */
export const seriesColumnsSchema = z.object({
  symbol: z.string(),
  timeframe: z.enum(TIMEFRAMES),
  times: z.array(z.string()),
  open: column,
  high: column,
  low: column,
  close: column,
  volume: z.array(z.number().nullable()),
});

/** What the SQL function `stored_bars_around` answers; `stored_at` is null where the series has no bars. */
export const storedBarsSchema = seriesColumnsSchema
  .omit({ symbol: true, timeframe: true })
  .extend({ stored_at: z.string().nullable() });

/** The answer by column; null volumes become NaN. */
export function columnsFromAnswer(columns: z.infer<typeof seriesColumnsSchema>): BarColumns {
  return {
    symbol: columns.symbol,
    timeframe: columns.timeframe,
    times: columns.times,
    open: Float64Array.from(columns.open),
    high: Float64Array.from(columns.high),
    low: Float64Array.from(columns.low),
    close: Float64Array.from(columns.close),
    volume: Float64Array.from(columns.volume, (volume) => volume ?? Number.NaN),
  };
}
