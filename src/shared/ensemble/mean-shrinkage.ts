import type { PredictiveDistribution } from '../models/predictive-distribution.ts';

/**
 * Replaces a forecast's mean m by `anchor + factor x (m - anchor)` and moves every quantile by as much. Its scale stays.
 *
 * @param anchor half the expanding mean of returns up to the cutoff, times the steps
 * @param factor 0 (the anchor alone) to 1 (the forecast as it is)
 */
export function shrinkMean(
  distribution: PredictiveDistribution,
  anchor: number,
  factor: number,
): PredictiveDistribution {
  const mean = anchor + factor * (distribution.mean - anchor);
  const shift = mean - distribution.mean;
  return {
    mean,
    scale: distribution.scale,
    quantiles: distribution.quantiles.map((quantile) => quantile + shift),
  };
}
