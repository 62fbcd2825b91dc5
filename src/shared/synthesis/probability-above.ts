import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../numerics/distributions/predictive-distribution.ts';

/**
 * Probability that the return exceeds `threshold`, from the quantiles by linear interpolation.
 *
 * Beyond the outermost quantiles the distribution is not known: there the answer is half a level step from 0 or 1.
 *
 * @param threshold log return
 */
export function probabilityAbove(distribution: PredictiveDistribution, threshold: number): number {
  const { quantiles } = distribution;
  const last = quantiles.length - 1;
  const edge = QUANTILE_LEVELS[0] / 2;
  if (threshold < quantiles[0]) return 1 - edge;
  if (threshold > quantiles[last]) return edge;

  let below = 0;
  while (below < last && quantiles[below + 1] <= threshold) below++;
  if (below === last) return 1 - QUANTILE_LEVELS[last];
  const width = quantiles[below + 1] - quantiles[below];
  const share = width > 0 ? (threshold - quantiles[below]) / width : 0;
  return 1 - (QUANTILE_LEVELS[below] + share * (QUANTILE_LEVELS[below + 1] - QUANTILE_LEVELS[below]));
}
