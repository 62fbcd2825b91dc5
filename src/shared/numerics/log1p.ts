import ln from '@stdlib/math-base-special-ln';

/**
 * ln(1 + x), exact for small x too: what rounding takes from 1 + x it takes from the quotient as well (Goldberg 1991,
 * theorem 4).
 *
 * @param x above -1, finite
 */
export function log1p(x: number): number {
  const sum = 1 + x;
  return sum === 1 ? x : (ln(sum) * x) / (sum - 1);
}
