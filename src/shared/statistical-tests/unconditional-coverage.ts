import { bernoulliLogLikelihood } from './bernoulli-log-likelihood.ts';
import type { ChiSquareTest } from './chi-square-test.ts';
import { likelihoodRatioTest } from './likelihood-ratio-test.ts';
import { requireHits } from './require-hits.ts';

/** Kupiec's test, beside the share it is about. */
export interface UnconditionalCoverageTest extends ChiSquareTest {
  /** Share of bars that are hits. */
  readonly share: number;
}

/**
 * The test of Kupiec (1995) that hits come with their nominal probability: proportion of failures, likelihood ratio, one
 * degree of freedom.
 *
 * A hit is what one counts, coded 1: an outcome outside of a 90 % interval (probability 0.1), or below the 5 % quantile
 * (0.05). Inside or outside makes no difference as long as the probability fits.
 *
 * @param hits one per bar, 0 or 1; at least one
 * @throws RangeError for other values, none at all, or a probability that is not between 0 and 1
 */
export function kupiecTest(hits: ArrayLike<number>, probability: number): UnconditionalCoverageTest {
  requireHits(hits, 1);
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`The nominal probability lies between 0 and 1, not ${probability}`);
  }
  let count = 0;
  for (let t = 0; t < hits.length; t++) count += hits[t];
  const misses = hits.length - count;
  const share = count / hits.length;
  const gain =
    bernoulliLogLikelihood(count, misses, share) - bernoulliLogLikelihood(count, misses, probability);
  return { ...likelihoodRatioTest(2 * gain, 1), share };
}
