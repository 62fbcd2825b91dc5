import { FitError } from '../errors/fit-error.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';

/**
 * The predictive distribution `mean + scale * z` of a known shape.
 *
 * @param mean expected log return
 * @param scale volatility forecast; positive
 * @param shape quantiles of z at `QUANTILE_LEVELS`, never decreasing
 * @throws FitError `not_finite` when mean or scale is not finite or scale is not positive
 */
export function distributionOfShape(
  mean: number,
  scale: number,
  shape: Float64Array,
): PredictiveDistribution {
  if (!Number.isFinite(mean) || !Number.isFinite(scale) || scale <= 0) {
    throw new FitError(
      'not_finite',
      `Mean ${mean} and scale ${scale} are no forecast: both must be finite and scale positive`,
      { mean: String(mean), scale: String(scale) },
    );
  }
  return { mean, scale, quantiles: shape.map((z) => mean + scale * z) };
}
