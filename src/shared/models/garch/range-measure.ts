import ln from '@stdlib/math-base-special-ln';
import { garmanKlassOvernightVariance } from '../../series/range-measures.ts';
import type { Series } from '../../series/series.ts';

/**
 * What realized GARCH measures a bar's variance with: the log of Garman-Klass plus the squared overnight return, one per
 * bar. NaN for a bar without a range (high equals low, as in series of closes only) or whose prices contradict one another:
 * the variance then stays as it was.
 */
export function logRangeMeasures(series: Series): Float64Array {
  return garmanKlassOvernightVariance(series).map((variance, i) =>
    series.high[i] > series.low[i] && variance > 0 && variance < Number.POSITIVE_INFINITY
      ? ln(variance)
      : Number.NaN,
  );
}
