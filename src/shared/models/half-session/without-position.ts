import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import type { Series } from '../../series/series.ts';
import { type PositionFactors, sessionPositions } from './position-factors.ts';

/**
 * The series as it would be if both halves of the session were alike: every bar's moves from the close before it (the gap,
 * high, low and close, in logs) are divided by its half's factor, and so is its volume. The prices are cumulated from the moves;
 * the first close is 1. No bar depends on a later one.
 *
 * @param series bars of timeframe `4h`
 */
export function withoutPosition(series: Series, { volatility, volume }: PositionFactors): Series {
  const bars = series.close.length;
  const positions = sessionPositions(series);
  const columns = {
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars),
    close: new Float64Array(bars),
  };
  let level = 0;
  for (let i = 0; i < bars; i++) {
    const factor = volatility[positions[i]];
    // The first bar has no close before it: its own is taken, so that it has a range and no gap.
    const before = series.close[Math.max(0, i - 1)];
    for (const column of ['open', 'high', 'low', 'close'] as const) {
      columns[column][i] = exp(level + ln(series[column][i] / before) / factor);
    }
    level += ln(series.close[i] / before) / factor;
  }
  return {
    ...series,
    ...columns,
    volume: series.volume.map((value, i) => value / volume[positions[i]]),
  };
}
