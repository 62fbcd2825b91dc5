import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import cdf from '@stdlib/stats-base-dists-normal-cdf';
import quantile from '@stdlib/stats-base-dists-normal-quantile';
import { requirePositive, requireProbability } from './require-parameters.ts';

const LN_TWO_PI = 1.8378770664093453;
const SQRT_TWO_PI = 2.5066282746310002;
/** Up to here Newton steps start from the tail's asymptotic form. */
const TAIL = 1e-5;

/**
 * P(X <= x) for the normal distribution; exact to about 1e-14, relative, down to the smallest doubles.
 *
 * @param standardDeviation not the variance; default 1, and mean 0
 * @throws RangeError unless it is positive
 */
export function normalCdf(x: number, mean = 0, standardDeviation = 1): number {
  requirePositive('standard deviation', standardDeviation);
  return cdf((x - mean) / standardDeviation, 0, 1);
}

/** P(X > x), as exact in the upper tail as {@link normalCdf} in the lower. */
export function normalSurvival(x: number, mean = 0, standardDeviation = 1): number {
  requirePositive('standard deviation', standardDeviation);
  return cdf((mean - x) / standardDeviation, 0, 1);
}

/**
 * The x with P(X <= x) = p.
 *
 * `@stdlib`'s loses the lower tail: relative to R it is 1e-12 off at p = 1e-6, 2e-9 at 1e-10, and infinite from 1e-17 on.
 * Newton steps on the logarithm of the distribution function mend that.
 *
 * @param p from 0 to 1; these give -Infinity and Infinity
 * @throws RangeError for another p, or unless the standard deviation is positive
 */
export function normalQuantile(p: number, mean = 0, standardDeviation = 1): number {
  requireProbability(p);
  requirePositive('standard deviation', standardDeviation);
  // 1 - p is exact above one half.
  const standard = p > 0.5 ? -lowerQuantile(1 - p) : lowerQuantile(p);
  return mean + standardDeviation * standard;
}

function lowerQuantile(p: number): number {
  if (p === 0) return Number.NEGATIVE_INFINITY;
  const squared = -2 * ln(p) - LN_TWO_PI;
  let x = p < TAIL ? -Math.sqrt(squared - ln(squared)) : quantile(p, 0, 1);
  const steps = p < TAIL ? 4 : 1;
  for (let i = 0; i < steps; i++) {
    const probability = cdf(x, 0, 1);
    const step = ln(probability / p) * probability * SQRT_TWO_PI * exp(0.5 * x * x);
    if (Number.isFinite(step)) x -= step;
  }
  return x;
}
