import cdf from '@stdlib/stats-base-dists-chisquare-cdf';
import quantile from '@stdlib/stats-base-dists-chisquare-quantile';
import { gammaSurvival } from './gamma.ts';
import { requirePositive, requireProbability } from './require-parameters.ts';

/**
 * P(X <= x) for the chi-square distribution.
 *
 * @throws RangeError unless the degrees of freedom are positive
 */
export function chiSquareCdf(x: number, degreesOfFreedom: number): number {
  requirePositive('number of degrees of freedom', degreesOfFreedom);
  return cdf(x, degreesOfFreedom);
}

/** P(X > x): the p value of a chi-square test, exact however small. */
export function chiSquareSurvival(x: number, degreesOfFreedom: number): number {
  requirePositive('number of degrees of freedom', degreesOfFreedom);
  return gammaSurvival(x, 0.5 * degreesOfFreedom, 0.5);
}

/**
 * The x with P(X <= x) = p.
 *
 * @param p from 0 to 1; these give 0 and Infinity
 * @throws RangeError for another p, or unless the degrees of freedom are positive
 */
export function chiSquareQuantile(p: number, degreesOfFreedom: number): number {
  requireProbability(p);
  requirePositive('number of degrees of freedom', degreesOfFreedom);
  return quantile(p, degreesOfFreedom);
}
