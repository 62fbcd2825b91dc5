import exp from '@stdlib/math-base-special-exp';
import gammaln from '@stdlib/math-base-special-gammaln';
import ln from '@stdlib/math-base-special-ln';
import cdf from '@stdlib/stats-base-dists-gamma-cdf';
import quantile from '@stdlib/stats-base-dists-gamma-quantile';
import { requirePositive, requireProbability } from './require-parameters.ts';

/**
 * P(X <= x) for the gamma distribution with mean shape / rate.
 *
 * @param rate the inverse of the scale; default 1
 * @throws RangeError unless shape and rate are positive
 */
export function gammaCdf(x: number, shape: number, rate = 1): number {
  requirePositive('shape', shape);
  requirePositive('rate', rate);
  return cdf(x, shape, rate);
}

/**
 * P(X > x), exact in the upper tail, where 1 - {@link gammaCdf} is not: there by the continued fraction of the upper
 * incomplete gamma function (DLMF 8.9.2), evaluated as Lentz does.
 *
 * @throws RangeError unless shape and rate are positive
 */
export function gammaSurvival(x: number, shape: number, rate = 1): number {
  const scaled = rate * x;
  if (!(scaled > shape + 1)) return 1 - gammaCdf(x, shape, rate);
  requirePositive('shape', shape);
  requirePositive('rate', rate);
  if (scaled === Number.POSITIVE_INFINITY) return 0;
  let b = scaled + 1 - shape;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i <= 10_000; i++) {
    const a = -i * (i - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return exp(shape * ln(scaled) - scaled - gammaln(shape)) * fraction;
}

/**
 * The x with P(X <= x) = p.
 *
 * @param p from 0 to 1; these give 0 and Infinity
 * @throws RangeError for another p, or unless shape and rate are positive
 */
export function gammaQuantile(p: number, shape: number, rate = 1): number {
  requireProbability(p);
  requirePositive('shape', shape);
  requirePositive('rate', rate);
  return quantile(p, shape, rate);
}
