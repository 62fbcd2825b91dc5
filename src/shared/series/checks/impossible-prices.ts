import { checkBar } from '../check-bar.ts';
import type { DataFinding } from '../data-finding.ts';
import type { BarColumns } from '../series.ts';

/** Prices that are NaN, infinite, zero or negative: the first of each column, and nothing else is said of such bars. */
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
  return inconsistentBars(bars);
}

/** Prices of a bar that contradict one another by more than rounding. */
function inconsistentBars({ symbol, times, open, high, low, close, volume }: BarColumns): DataFinding[] {
  let first: DataFinding | undefined;
  let count = 0;
  for (let i = 0; i < times.length; i++) {
    const [o, h, l, c, v] = [open[i], high[i], low[i], close[i], volume[i]];
    if (l <= o && o <= h && l <= c && c <= h && !(v < 0)) continue;
    const bar = { time: times[i], open: o, high: h, low: l, close: c, volume: Number.isNaN(v) ? null : v };
    const { fault } = checkBar(bar);
    if (fault === undefined) continue;
    count++;
    first ??= {
      severity: 'refuse',
      code: 'inconsistent_bar',
      message: `${symbol} at ${times[i]}: ${fault.what}; ${fault.rule}`,
      details: { symbol, time: times[i] },
    };
  }
  if (first === undefined) return [];
  const more =
    count === 1 ? '' : `. ${count - 1} more bars contradict themselves, as where columns are swapped`;
  return [
    { ...first, message: first.message + more, details: { ...first.details, bars: count } } as DataFinding,
  ];
}
