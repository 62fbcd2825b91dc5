import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { incompleteGamma, logGammaOnePlus } from './incomplete-gamma.ts';
import { normalQuantile } from './normal.ts';
import { requirePositive, requireProbability } from './require-parameters.ts';
import { probabilityOf, type Side } from './scaled-probability.ts';
import { solveForQuantile } from './solve-for-quantile.ts';

/**
 * P(X <= x) for the gamma distribution with mean shape / rate, exact however small.
 *
 * @param rate the inverse of the scale; default 1
 * @throws RangeError unless shape and rate are positive
 */
export function gammaCdf(x: number, shape: number, rate = 1): number {
  return gammaProbability(x, shape, rate, 'lower');
}

/** P(X > x), as exact in the upper tail, where 1 - {@link gammaCdf} is not. */
export function gammaSurvival(x: number, shape: number, rate = 1): number {
  return gammaProbability(x, shape, rate, 'upper');
}

function gammaProbability(x: number, shape: number, rate: number, side: Side): number {
  requirePositive('shape', shape);
  requirePositive('rate', rate);
  const scaled = rate * x;
  if (scaled <= 0) return side === 'lower' ? 0 : 1;
  if (scaled === Number.POSITIVE_INFINITY) return side === 'lower' ? 1 : 0;
  return probabilityOf(incompleteGamma(scaled, shape, side), side);
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
  if (p === 0) return 0;
  if (p === 1) return Number.POSITIVE_INFINITY;
  // 1 - p is exact above one half.
  const side = p > 0.5 ? 'upper' : 'lower';
  const probability = p > 0.5 ? 1 - p : p;
  const at = (x: number) => incompleteGamma(x, shape, side);
  return solveForQuantile(at, side, probability, nearGammaQuantile(p, shape)) / rate;
}

/** The larger of two: Wilson and Hilferty's (1931), and x^shape / Gamma(1 + shape) = p, which is never too large. */
function nearGammaQuantile(p: number, shape: number): number {
  const root = 1 - 1 / (9 * shape) + normalQuantile(p) / (3 * Math.sqrt(shape));
  return Math.max(shape * root * root * root, exp((ln(p) + logGammaOnePlus(shape)) / shape));
}
