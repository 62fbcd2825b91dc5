import { logReturns } from '../series/log-returns.ts';
import type { Series } from '../series/series.ts';

/** Returns that must have been seen before the largest of them says anything about the scale. */
const ENOUGH_RETURNS = 60;

/**
 * The largest absolute log return up to each bar: what no standard deviation is above (see `FilteredResidualsForecaster`). After a price
 * error the factor of a larger bar would make more of it than it was. Infinite while there are few.
 */
export function largestMoves(series: Series): Float64Array {
  const limits = new Float64Array(series.close.length).fill(Number.POSITIVE_INFINITY);
  let largest = 0;
  logReturns(series.close).forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    if (i + 1 > ENOUGH_RETURNS && largest > 0) limits[i + 1] = largest;
  });
  return limits;
}
