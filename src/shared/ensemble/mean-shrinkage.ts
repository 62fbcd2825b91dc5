import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import { meanOf } from '../numerics/mean.ts';

/**
 * Replaces a forecast's mean m by `anchor + factor x (m - anchor)` and moves every quantile by as much. Its scale stays.
 *
 * The mean that is replaced is the distribution's own, the average of its quantiles: a pool of past residuals need not have mean
 * zero, and what the quantiles say must agree with the mean that is stated beside them.
 *
 * @param anchor half the expanding mean of returns up to the cutoff, times the steps
 * @param factor 0 (the anchor alone) to 1 (the forecast as it is)
 */
export function shrinkMean(
  distribution: PredictiveDistribution,
  anchor: number,
  factor: number,
): PredictiveDistribution {
  const { quantiles, scale } = distribution;
  const shift = meanShift(quantiles, anchor, factor);
  return {
    mean: shrunkMean(meanOf(quantiles), anchor, factor),
    scale,
    quantiles: quantiles.map((quantile) => quantile + shift),
  };
}

/** By how much {@link shrinkMean} moves every quantile. */
export function meanShift(quantiles: Float64Array, anchor: number, factor: number): number {
  const location = meanOf(quantiles);
  return shrunkMean(location, anchor, factor) - location;
}

function shrunkMean(location: number, anchor: number, factor: number): number {
  return anchor + factor * (location - anchor);
}
