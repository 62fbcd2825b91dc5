import ln from '@stdlib/math-base-special-ln';

/** Log-likelihood of `hits` among independent trials, each a hit with that probability; 0 ln 0 is 0. */
export function bernoulliLogLikelihood(hits: number, misses: number, probability: number): number {
  return (hits === 0 ? 0 : hits * ln(probability)) + (misses === 0 ? 0 : misses * ln(1 - probability));
}
