import { QUANTILE_LEVELS } from '../numerics/distributions/predictive-distribution.ts';
import { studentTQuantile } from '../numerics/distributions/student-t.ts';

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
    shape[above] = -unit * studentTQuantile(QUANTILE_LEVELS[below], nu);
    shape[below] = -shape[above];
  }
  return shape;
}
