import { isPrice } from './check-bar.ts';
import type { DataRefusal } from './data-finding.ts';
import type { BarColumns } from './series.ts';

/** The first price that is NaN, infinite, zero or negative, as a refusal; undefined where there is none. @param bars only the first so many */
export function notFinite(series: BarColumns, bars = series.times.length): DataRefusal | undefined {
  const { symbol, times } = series;
  for (const column of ['open', 'high', 'low', 'close'] as const) {
    for (let i = 0; i < bars; i++) {
      const price = series[column][i];
      if (isPrice(price)) continue;
      return {
        severity: 'refuse',
        code: 'not_finite',
        message: `The ${column} of ${symbol} at ${times[i]} is ${price}: prices must be finite and positive`,
        details: { symbol, time: times[i], column, value: String(price) },
      };
    }
  }
  return undefined;
}
