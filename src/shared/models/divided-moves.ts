import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import type { Series } from '../series/series.ts';

/**
 * The series with every bar's moves from the close before it (the gap, high, low and close, in logs) divided by a
 * number of its own. The prices are cumulated from the moves; the first close is 1. No bar depends on a later one.
 *
 * @param divisors one a bar, positive
 */
export function dividedMoves(series: Series, divisors: ArrayLike<number>): Series {
  const bars = series.close.length;
  const columns = {
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars),
    close: new Float64Array(bars),
  };
  let level = 0;
  for (let i = 0; i < bars; i++) {
    const divisor = divisors[i];
    // The first bar has no close before it: its own is taken, so that it has a range and no gap.
    const before = series.close[Math.max(0, i - 1)];
    for (const column of ['open', 'high', 'low', 'close'] as const) {
      columns[column][i] = exp(level + ln(series[column][i] / before) / divisor);
    }
    level += ln(series.close[i] / before) / divisor;
  }
  return { ...series, ...columns };
}
