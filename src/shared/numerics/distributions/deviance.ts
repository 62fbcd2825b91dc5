import ln from '@stdlib/math-base-special-ln';

/** Series where x is within a factor 1.9 of the mean: elsewhere nothing cancels. */
const SERIES_REACH = 0.3;

/**
 * The deviance part mean ln(mean / x) + x - mean of a gamma or Poisson probability, exact where x is close to the mean and
 * all but nothing is left of the sum (Loader 2000, "Fast and accurate computation of binomial probabilities").
 *
 * @param mean positive
 * @param x positive
 */
export function deviance(mean: number, x: number): number {
  const difference = x - mean;
  // Halves, as the whole sum may overflow.
  const v = (0.5 * difference) / (0.5 * x + 0.5 * mean);
  if (!(Math.abs(v) < SERIES_REACH)) return mean * ln(mean / x) + difference;
  // ln(x / mean) = 2 (v + v^3 / 3 + v^5 / 5 + ...)
  const square = v * v;
  let sum = difference * v;
  let power = -2 * v * mean;
  for (let odd = 3; ; odd += 2) {
    power *= square;
    const term = power / odd;
    sum += term;
    if (!(Math.abs(term) > 1e-17 * Math.abs(sum))) return sum;
  }
}
