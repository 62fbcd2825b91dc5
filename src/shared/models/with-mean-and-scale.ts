import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';

/** The distribution with another mean and scale. */
export function withMeanAndScale(
  { mean, scale, quantiles }: PredictiveDistribution,
  newMean: number,
  newScale: number,
): PredictiveDistribution {
  return {
    mean: newMean,
    scale: newScale,
    quantiles: quantiles.map((quantile) => newMean + (newScale / scale) * (quantile - mean)),
  };
}
