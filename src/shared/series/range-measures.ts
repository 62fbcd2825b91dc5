import ln from '@stdlib/math-base-special-ln';
import type { Series } from './series.ts';

/**
 * Daily variance from open, high, low and close (Garman and Klass 1980, the practical estimator):
 * 0.5 ln(high / low)^2 - (2 ln 2 - 1) ln(close / open)^2, one per bar. Overnight moves not included.
 *
 * Never negative for consistent bars (open and close within low and high); 0 for a bar without movement.
 */
export function garmanKlassVariance(series: Series): Float64Array {
  return series.high.map((high, i) => {
    const range = ln(high / series.low[i]);
    const body = ln(series.close[i] / series.open[i]);
    return 0.5 * range * range - (2 * Math.LN2 - 1) * body * body;
  });
}

/**
 * {@link garmanKlassVariance} plus the squared overnight return ln(open[i] / close[i - 1])^2: the variance from close to
 * close. The first bar has no close before it: its overnight part is 0.
 */
export function garmanKlassOvernightVariance(series: Series): Float64Array {
  return garmanKlassVariance(series).map((variance, i) => {
    if (i === 0) return variance;
    const overnight = ln(series.open[i] / series.close[i - 1]);
    return variance + overnight * overnight;
  });
}
