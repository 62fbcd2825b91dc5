import { bernoulliLogLikelihood } from './bernoulli-log-likelihood.ts';
import type { ChiSquareTest } from './chi-square-test.ts';
import { likelihoodRatioTest } from './likelihood-ratio-test.ts';
import { requireHits } from './require-hits.ts';
import { kupiecTest } from './unconditional-coverage.ts';

/** Christoffersen's test of independence, beside the shares it compares. */
export interface IndependenceTest extends ChiSquareTest {
  /** Share of hits after a bar without; null when there is no such bar. */
  readonly shareAfterMiss: number | null;
  /** Share of hits after a hit; null when there is none. */
  readonly shareAfterHit: number | null;
}

/**
 * The test of Christoffersen (1998, section 3.2) that a hit does not make the next one likelier: independence against a
 * first-order Markov chain, one degree of freedom.
 *
 * Where only one kind of bar is ever followed by another, nothing can be compared: statistic 0, p value 1.
 *
 * @param hits one per bar in the order of time, 0 or 1; at least two
 * @throws RangeError for other values or fewer than two
 */
export function christoffersenIndependenceTest(hits: ArrayLike<number>): IndependenceTest {
  requireHits(hits, 2);
  // transitions[from][to]
  const transitions = [
    [0, 0],
    [0, 0],
  ];
  for (let t = 1; t < hits.length; t++) transitions[hits[t - 1]][hits[t]]++;
  const [[missMiss, missHit], [hitMiss, hitHit]] = transitions;
  const shareAfterMiss = missMiss + missHit === 0 ? null : missHit / (missMiss + missHit);
  const shareAfterHit = hitMiss + hitHit === 0 ? null : hitHit / (hitMiss + hitHit);
  const share = (missHit + hitHit) / (hits.length - 1);
  const gain =
    bernoulliLogLikelihood(missHit, missMiss, shareAfterMiss ?? 0) +
    bernoulliLogLikelihood(hitHit, hitMiss, shareAfterHit ?? 0) -
    bernoulliLogLikelihood(missHit + hitHit, missMiss + hitMiss, share);
  return { ...likelihoodRatioTest(2 * gain, 1), shareAfterMiss, shareAfterHit };
}

/**
 * The test of Christoffersen (1998, section 3.3) of both at once, conditional coverage: the statistics of Kupiec's test
 * (over all bars, as R's `rugarch::VaRTest` has it) and of the independence test added up, two degrees of freedom.
 *
 * @param hits one per bar in the order of time, 0 or 1; at least two
 * @throws RangeError for other values, fewer than two, or a probability that is not between 0 and 1
 */
export function christoffersenConditionalCoverageTest(
  hits: ArrayLike<number>,
  probability: number,
): ChiSquareTest {
  const independence = christoffersenIndependenceTest(hits);
  return likelihoodRatioTest(kupiecTest(hits, probability).statistic + independence.statistic, 2);
}
