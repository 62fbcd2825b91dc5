import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { QUANTILE_LEVELS } from './predictive-distribution.ts';

/**
 * Quantiles at `QUANTILE_LEVELS` of a Student t scaled to variance 1.
 *
 * @param nu degrees of freedom, above 2
 */
export function studentTShape(nu: number): Float64Array {
  const unit = Math.sqrt((nu - 2) / nu);
  const shape = new Float64Array(QUANTILE_LEVELS.length);
  // Symmetric about the middle, which is 0.
  for (let below = 0, above = shape.length - 1; below < above; below++, above--) {
    shape[above] = -unit * tQuantile(QUANTILE_LEVELS[below], nu);
    shape[below] = -shape[above];
  }
  return shape;
}
