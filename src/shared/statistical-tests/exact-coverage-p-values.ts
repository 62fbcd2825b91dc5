import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { requireHits } from './require-hits.ts';

/** P values of the tests of coverage, from the distributions of their statistics for this number of bars. */
export interface ExactCoveragePValues {
  /** Of Kupiec's test: over the binomial distribution of the number of hits. */
  readonly unconditional: number;
  /** Of Christoffersen's test of independence: over all orders of this number of hits, which are equally likely. */
  readonly independence: number;
  /** Of Christoffersen's test of conditional coverage: over both. */
  readonly conditional: number;
}

/** Statistics that differ by less, relative to their size, are the same: only rounding tells them apart. */
const ROUNDING = 1e-9;
/** Cases are left out when the logarithm of their share of the likeliest one is below this. */
const LIKELY_CASES = -25;
const EVERY_CASE = Number.NEGATIVE_INFINITY;

/**
 * The chance of a statistic as large as the one observed, or larger, when every bar is a hit with the nominal probability,
 * whatever happened before. Statistics that are equal count as as large: they are discrete, so ties are common.
 *
 * The chi-square distributions of `kupiecTest` and the tests of Christoffersen hold for many hits only. Of 4,000 simulated series,
 * a level of 5 % rejects with 125 bars and 5 % hits in 6.6 % by Kupiec's test, with 250 bars and 10 % hits in 7.6 % by that of
 * independence; by these p values in 3.4 and 2.5 %.
 *
 * @param hits one per bar in the order of time, 0 or 1; at least two
 * @throws RangeError for other values, fewer than two, or a probability that is not between 0 and 1
 */
export function exactCoveragePValues(hits: ArrayLike<number>, probability: number): ExactCoveragePValues {
  requireHits(hits, 2);
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`The nominal probability lies between 0 and 1, not ${probability}`);
  }
  const n = hits.length;
  const cases = new CoverageCases(n, probability);
  const transitions = { missMiss: 0, missHit: 0, hitMiss: 0, hitHit: 0 };
  let count = hits[0];
  for (let t = 1; t < n; t++) {
    count += hits[t];
    transitions[`${hits[t - 1] === 1 ? 'hit' : 'miss'}${hits[t] === 1 ? 'Hit' : 'Miss'}`]++;
  }
  const { missMiss, missHit, hitMiss, hitHit } = transitions;
  const kupiec = cases.kupiec(count);
  const independence = cases.independence(missMiss, missHit, hitMiss, hitHit);

  let unconditional = 0;
  let ofCount = 0;
  cases.forEachCount(EVERY_CASE, (other, share) => {
    if (other === count) ofCount = share;
    if (cases.kupiec(other) >= lowered(kupiec)) unconditional += share;
  });
  const ofOrder = cases.shareOfOrders(EVERY_CASE, count, lowered(independence));
  let conditional = 0;
  cases.forEachCount(LIKELY_CASES, (other, share) => {
    const left = lowered(kupiec + independence) - cases.kupiec(other);
    conditional += share * cases.shareOfOrders(LIKELY_CASES, other, left);
  });
  return {
    unconditional: Math.min(1, unconditional),
    independence: ofOrder,
    // What was observed is among the cases, however unlikely.
    conditional: Math.min(1, Math.max(conditional, ofCount * ofOrder)),
  };
}

/** What a statistic must reach to be as large as this one. */
function lowered(statistic: number): number {
  return statistic - ROUNDING * Math.max(1, statistic);
}

/**
 * How k runs of hits and k runs of misses alternate, or one more of one kind: the runs beyond k, and how many more or fewer than k
 * times a hit follows a miss and a miss a hit.
 */
const ALTERNATIONS = [
  { moreHits: 0, moreMisses: 0, missHit: 0, hitMiss: -1 },
  { moreHits: 0, moreMisses: 0, missHit: -1, hitMiss: 0 },
  { moreHits: 0, moreMisses: 1, missHit: 0, hitMiss: 0 },
  { moreHits: 1, moreMisses: 0, missHit: 0, hitMiss: 0 },
] as const;

/** What can happen in a number of bars: how many hits, in how many runs, each with its probability and statistics. */
class CoverageCases {
  readonly #n: number;
  readonly #lnHit: number;
  readonly #lnMiss: number;
  /** By m: m ln m. */
  readonly #mLnM: Float64Array;
  /** By m: ln m!. */
  readonly #lnFactorial: Float64Array;

  constructor(n: number, probability: number) {
    this.#n = n;
    this.#lnHit = ln(probability);
    this.#lnMiss = ln(1 - probability);
    this.#mLnM = new Float64Array(n + 1);
    this.#lnFactorial = new Float64Array(n + 1);
    for (let m = 2; m <= n; m++) {
      this.#mLnM[m] = m * ln(m);
      this.#lnFactorial[m] = this.#lnFactorial[m - 1] + ln(m);
    }
  }

  /** The statistic of `kupiecTest`. */
  kupiec(hits: number): number {
    const misses = this.#n - hits;
    const free = this.#mLnM[hits] + this.#mLnM[misses] - this.#mLnM[this.#n];
    return Math.max(0, 2 * (free - hits * this.#lnHit - misses * this.#lnMiss));
  }

  /** The statistic of `christoffersenIndependenceTest`, from how often one kind of bar followed another. */
  independence(missMiss: number, missHit: number, hitMiss: number, hitHit: number): number {
    const m = this.#mLnM;
    const chain =
      m[missMiss] + m[missHit] - m[missMiss + missHit] + m[hitMiss] + m[hitHit] - m[hitMiss + hitHit];
    const independent = m[missHit + hitHit] + m[missMiss + hitMiss] - m[this.#n - 1];
    return Math.max(0, 2 * (chain - independent));
  }

  /** Each number of hits, with its probability. */
  forEachCount(negligible: number, visit: (hits: number, probability: number) => void): void {
    const n = this.#n;
    const logOf = (hits: number) => this.#lnChoose(n, hits) + hits * this.#lnHit + (n - hits) * this.#lnMiss;
    fromTheMiddle(0, n, Math.round(n * exp(this.#lnHit)), logOf, negligible, (hits, log) =>
      visit(hits, exp(log)),
    );
  }

  /**
   * The share of the orders of that many hits whose statistic of independence reaches a bound. Hits in h runs and misses in m (they
   * differ by at most one) stand in C(hits - 1, h - 1) C(misses - 1, m - 1) orders.
   */
  shareOfOrders(negligible: number, hits: number, bound: number): number {
    if (bound <= 0) return 1;
    const misses = this.#n - hits;
    // One order alone, whose statistic is 0.
    if (hits === 0 || misses === 0) return 0;
    const all = this.#lnChoose(this.#n, hits);
    const likeliest = Math.round((hits * misses) / this.#n);
    let share = 0;
    for (const { moreHits, moreMisses, missHit, hitMiss } of ALTERNATIONS) {
      const logOf = (k: number) =>
        this.#lnChoose(hits - 1, k + moreHits - 1) + this.#lnChoose(misses - 1, k + moreMisses - 1) - all;
      const most = Math.min(hits - moreHits, misses - moreMisses);
      fromTheMiddle(1, most, likeliest, logOf, negligible, (k, log) => {
        const statistic = this.independence(
          misses - k - moreMisses,
          k + missHit,
          k + hitMiss,
          hits - k - moreHits,
        );
        if (statistic >= bound) share += exp(log);
      });
    }
    return Math.min(1, share);
  }

  #lnChoose(n: number, k: number): number {
    return this.#lnFactorial[n] - this.#lnFactorial[k] - this.#lnFactorial[n - k];
  }
}

/** The whole numbers from `lowest` to `highest` with their log-probabilities, outwards from the likeliest, to where nothing is left. */
function fromTheMiddle(
  lowest: number,
  highest: number,
  likeliest: number,
  logOf: (k: number) => number,
  negligible: number,
  visit: (k: number, log: number) => void,
): void {
  if (highest < lowest) return;
  const middle = Math.min(highest, Math.max(lowest, likeliest));
  const least = logOf(middle) + negligible;
  for (let k = middle; k <= highest; k++) {
    const log = logOf(k);
    if (log < least) break;
    visit(k, log);
  }
  for (let k = middle - 1; k >= lowest; k--) {
    const log = logOf(k);
    if (log < least) break;
    visit(k, log);
  }
}
