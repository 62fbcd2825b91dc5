import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';

/**
 * Combines predictive distributions by averaging their quantiles level by level (Vincent averaging; Lichtendahl, Grushka-
 * Cockayne and Winkler 2013 on why not probabilities: those give intervals that are too wide). Mean and scale likewise.
 *
 * @param weights one for each distribution; they sum to 1
 * @throws RangeError when there is no distribution or the numbers of weights and distributions differ
 */
export function averageQuantiles(
  distributions: readonly PredictiveDistribution[],
  weights: readonly number[],
): PredictiveDistribution {
  if (distributions.length === 0 || distributions.length !== weights.length) {
    throw new RangeError(
      `${distributions.length} distributions cannot be averaged with ${weights.length} weights: one each, at least one`,
    );
  }
  let mean = 0;
  let scale = 0;
  const quantiles = new Float64Array(distributions[0].quantiles.length);
  for (let m = 0; m < distributions.length; m++) {
    const distribution = distributions[m];
    const weight = weights[m];
    mean += weight * distribution.mean;
    scale += weight * distribution.scale;
    for (let i = 0; i < quantiles.length; i++) quantiles[i] += weight * distribution.quantiles[i];
  }
  return { mean, scale, quantiles };
}
