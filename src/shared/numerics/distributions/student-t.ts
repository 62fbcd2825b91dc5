import cdf from '@stdlib/stats-base-dists-t-cdf';
import quantile from '@stdlib/stats-base-dists-t-quantile';
import { requirePositive, requireProbability } from './require-parameters.ts';

/**
 * P(T <= x) for Student's t with location 0 and scale 1, whose variance is nu / (nu - 2) and not 1.
 *
 * @param nu degrees of freedom, any positive number
 * @throws RangeError unless nu is positive
 */
export function studentTCdf(x: number, nu: number): number {
  requirePositive('number of degrees of freedom', nu);
  return cdf(x, nu);
}

/** P(T > x), as exact in the upper tail as {@link studentTCdf} in the lower. */
export function studentTSurvival(x: number, nu: number): number {
  return studentTCdf(-x, nu);
}

/**
 * The x with P(T <= x) = p.
 *
 * @param p from 0 to 1; these give -Infinity and Infinity
 * @throws RangeError for another p, or unless nu is positive
 */
export function studentTQuantile(p: number, nu: number): number {
  requireProbability(p);
  requirePositive('number of degrees of freedom', nu);
  return quantile(p, nu);
}
