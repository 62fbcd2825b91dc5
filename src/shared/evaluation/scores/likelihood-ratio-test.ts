import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import cdf from '@stdlib/stats-base-dists-normal-cdf';

/** A likelihood ratio test. */
export interface LikelihoodRatioTest {
  /** Twice the log-likelihood gained by the free hypothesis; not negative. */
  readonly statistic: number;
  readonly degreesOfFreedom: 1 | 2;
  /** Of the chi-square distribution, upper tail. */
  readonly pValue: number;
}

/** The test from its statistic. The upper tails are closed forms, exact far out too. */
export function likelihoodRatioTest(statistic: number, degreesOfFreedom: 1 | 2): LikelihoodRatioTest {
  // Rounding may put it below 0.
  const positive = Math.max(0, statistic);
  const pValue = degreesOfFreedom === 1 ? 2 * cdf(-Math.sqrt(positive), 0, 1) : exp(-0.5 * positive);
  return { statistic: positive, degreesOfFreedom, pValue };
}

/** Log-likelihood of `hits` among independent trials, each a hit with that probability; 0 ln 0 is 0. */
export function bernoulliLogLikelihood(hits: number, misses: number, probability: number): number {
  return (hits === 0 ? 0 : hits * ln(probability)) + (misses === 0 ? 0 : misses * ln(1 - probability));
}

/** Checks a sequence of hits. @throws RangeError unless every element is 0 or 1 and there are at least `minimum` */
export function requireHits(hits: ArrayLike<number>, minimum: number): void {
  if (hits.length < minimum)
    throw new RangeError(`The test needs at least ${minimum} bars, got ${hits.length}.`);
  for (let t = 0; t < hits.length; t++) {
    if (hits[t] !== 0 && hits[t] !== 1) throw new RangeError(`A hit is 0 or 1, not ${hits[t]} (bar ${t}).`);
  }
}

/** @throws RangeError unless 0 < probability < 1 */
export function requireProbability(probability: number): void {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`The nominal probability lies between 0 and 1, not ${probability}.`);
  }
}
