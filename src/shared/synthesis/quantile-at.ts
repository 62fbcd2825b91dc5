import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../numerics/distributions/predictive-distribution.ts';

/**
 * The quantile at one of {@link QUANTILE_LEVELS}.
 *
 * @throws RangeError when `level` is none of them
 */
export function quantileAt(distribution: PredictiveDistribution, level: number): number {
  const index = Math.round(level * 200) - 1;
  if (!(Math.abs((QUANTILE_LEVELS[index] ?? Number.NaN) - level) < 1e-12)) {
    throw new RangeError(`Level ${level} is not among 0.005, 0.010, ... 0.995`);
  }
  return distribution.quantiles[index];
}
