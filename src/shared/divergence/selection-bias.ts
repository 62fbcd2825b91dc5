import { forEachSplit, smallest } from './cross-validated-splits.ts';
import { MINIMUM_TRIALS } from './probability-of-backtest-overfitting.ts';

/** Blocks the bars are cut into: a mean over their 70 splits is as near as one over the 12,870 of 16 blocks. */
const BLOCKS = 8;

/**
 * Smaller selection biases of CRPS do not count, in volatilities. It is 1.3 % of the benchmark's CRPS of about 0.55, which is all the
 * skill that the shipped ensemble has over it: a choice that adds as much by chance says nothing any more. The shipped ensemble's 18
 * trials came to 0.0039 at most; 11 orders of an autoregression and 20 decays of an EWMA to 0.006 and less in 95 % of windows, and to
 * 0.009; the best of 300 noise forecasts of amplitude 0.1 to 0.008 and more in 95 %.
 */
export const SELECTION_BIAS_FLOOR = 0.007;

/**
 * The gap from validation to test that choosing the best of the trials makes by itself: over every split of combinatorially
 * symmetric cross-validation, how much worse the trial that is best on one half of the bars does on the other half, on average
 * (the performance degradation of Bailey, Borwein, Lopez de Prado and Zhu 2015, section 3). It is a matter of the trials alone, and of
 * taking the best: a choice that prefers an earlier trial unless a later one is clearly better (`chooseTrial`) makes less.
 *
 * What chance adds to a mean falls with the square root of the bars, so that the gap between halves is divided by the square
 * root of 2 to stand for the gap between all these bars and as many new ones. About 0 when one trial is better than all others on any
 * bars, or all are alike; trials that differ by chance only give the expected maximum of their number, correlation included.
 *
 * @param trials standardised score differences by bar of validation of each trial; all of the same length
 * @returns null below `MINIMUM_TRIALS` trials, or with fewer than two bars per block
 */
export function selectionBias(trials: readonly Float64Array[]): number | null {
  const bars = trials[0]?.length ?? 0;
  if (trials.length < MINIMUM_TRIALS || bars < 2 * BLOCKS) return null;
  let splits = 0;
  let total = 0;
  forEachSplit(trials, BLOCKS, (chosen, outside) => {
    const best = smallest(chosen);
    splits++;
    total += outside[best] - chosen[best];
  });
  return total / splits / (bars / 2) / Math.SQRT2;
}
