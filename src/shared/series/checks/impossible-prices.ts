import type { DataFinding } from '../data-finding.ts';
import type { BarColumns } from '../series.ts';

/** The first price that is NaN, infinite, zero or negative. */
export function impossiblePrices(bars: BarColumns): DataFinding[] {
  const { symbol, times } = bars;
  for (const column of ['open', 'high', 'low', 'close'] as const) {
    const i = bars[column].findIndex((price) => !(price > 0 && price < Number.POSITIVE_INFINITY));
    if (i < 0) continue;
    const price = bars[column][i];
    return [
      {
        severity: 'refuse',
        code: 'not_finite',
        message: `The ${column} of ${symbol} at ${times[i]} is ${price}: prices must be finite and positive`,
        details: { symbol, time: times[i], column, value: String(price) },
      },
    ];
  }
  return [];
}
