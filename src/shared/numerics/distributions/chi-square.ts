import { gammaCdf, gammaQuantile, gammaSurvival } from './gamma.ts';
import { requirePositive } from './require-parameters.ts';

/**
 * P(X <= x) for the chi-square distribution, exact however small.
 *
 * @throws RangeError unless the degrees of freedom are positive
 */
export function chiSquareCdf(x: number, degreesOfFreedom: number): number {
  requirePositive('number of degrees of freedom', degreesOfFreedom);
  return gammaCdf(x, 0.5 * degreesOfFreedom, 0.5);
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
  requirePositive('number of degrees of freedom', degreesOfFreedom);
  return gammaQuantile(p, 0.5 * degreesOfFreedom, 0.5);
}
