import type { PredictiveDistribution } from '../../numerics/distributions/predictive-distribution.ts';
import { distributionFromResiduals } from '../empirical-residuals.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';
import { PATHS, pathStrata, residualsByStratum } from './residual-paths.ts';

/**
 * The distribution of a return over several steps whose steps are independent: each is a one-step residual times the
 * standard deviation that its step is expected to have.
 *
 * The variances are the member's own, so that volatility returns to its mean as the member says it does. How they
 * would answer to what comes between is left out, which makes the middle a little too wide.
 *
 * @param sortedResiduals standardised residuals of one step known at the cutoff, ascending; at least one
 */
export function convolvedDistribution(
  { mean, scale, variances }: MeanAndScale,
  steps: number,
  sortedResiduals: Float64Array,
): PredictiveDistribution {
  const parts = variances ?? new Float64Array(steps).fill(1);
  const total = parts.reduce((sum, variance) => sum + variance, 0);
  // In units of the scale, which may be held below what the variances add up to.
  const deviations = parts.map((variance) => Math.sqrt(variance / total));
  const sums = new Float64Array(PATHS);
  const residuals = residualsByStratum(sortedResiduals);
  for (let step = 0; step < steps; step++) {
    const strata = pathStrata()[step];
    const deviation = deviations[step];
    for (let path = 0; path < sums.length; path++) sums[path] += deviation * residuals[strata[path]];
  }
  return distributionFromResiduals(mean, scale, sums.sort());
}
