import { incompleteGamma } from './incomplete-gamma.ts';
import { requirePositive } from './require-parameters.ts';
import { probabilityOf } from './scaled-probability.ts';

/**
 * P(X > x) for the gamma distribution with mean shape / rate, exact however small.
 *
 * @param rate the inverse of the scale; default 1
 * @throws RangeError unless shape and rate are positive
 */
export function gammaSurvival(x: number, shape: number, rate = 1): number {
  requirePositive('shape', shape);
  requirePositive('rate', rate);
  const scaled = rate * x;
  if (scaled <= 0) return 1;
  if (scaled === Number.POSITIVE_INFINITY) return 0;
  return probabilityOf(incompleteGamma(scaled, shape), 'upper');
}
