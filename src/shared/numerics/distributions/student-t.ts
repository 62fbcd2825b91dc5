import quantile from '@stdlib/stats-base-dists-t-quantile';
import { normalQuantile } from './normal.ts';
import { requirePositive, requireProbability } from './require-parameters.ts';
import { probabilityOf } from './scaled-probability.ts';
import { solveForQuantile } from './solve-for-quantile.ts';
import { studentTSize } from './student-t-size.ts';

/** With 1 to so many degrees of freedom, neither in the tails nor at the very middle, `@stdlib`'s quantile is exact. */
const LIBRARY_NU = 1e4;
const LIBRARY_TAIL = 1e-3;

/**
 * P(T <= x) for Student's t with location 0 and scale 1, whose variance is nu / (nu - 2) and not 1.
 *
 * @param nu degrees of freedom, any positive number
 * @throws RangeError unless nu is positive
 */
export function studentTCdf(x: number, nu: number): number {
  requirePositive('number of degrees of freedom', nu);
  if (x === 0) return 0.5;
  if (x === Number.POSITIVE_INFINITY) return 1;
  if (x === Number.NEGATIVE_INFINITY) return 0;
  const size = studentTSize(Math.abs(x), nu);
  const half = 0.5 * probabilityOf(size, size.side);
  if (size.side === 'lower') return x < 0 ? 0.5 - half : 0.5 + half;
  return x < 0 ? half : 1 - half;
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
  // Exact above one half, as p - 1/2 is near it.
  const tail = p > 0.5 ? 1 - p : p;
  if (nu >= 1 && nu <= LIBRARY_NU && tail >= LIBRARY_TAIL && tail <= 0.5 - LIBRARY_TAIL)
    return quantile(p, nu);
  if (p === 0.5) return 0;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  const isMiddle = tail > 0.25;
  const probability = 2 * (isMiddle ? Math.abs(p - 0.5) : tail);
  const start = Math.abs(normalQuantile(p));
  const size = solveForQuantile((t) => studentTSize(t, nu), isMiddle ? 'lower' : 'upper', probability, start);
  return p < 0.5 ? -size : size;
}
