import { forEachSplit, smallest } from './cross-validated-splits.ts';

/** Fewer trials than this make the rank of the best one meaningless. */
export const MINIMUM_TRIALS = 8;

/** Blocks the bars are cut into; as in the paper's examples. Half of them choose, half judge. */
const BLOCKS = 16;

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado and
 * Zhu 2015, section 2): over every way to cut the blocks into two halves, how often the trial that is best on one half is
 * not above the median of all trials on the other.
 *
 * About 0.5 when the trials differ by chance only, near 0 when the best is truly better. Trials that tie share their rank.
 *
 * @param trials scores of each trial by bar, smaller is better; all of the same length
 * @param horizon steps of a forecast; default 1
 * @returns null below {@link MINIMUM_TRIALS} trials, or where a block has fewer than two bars, or fewer than twice
 *   the steps over several
 * @throws RangeError when the trials have different lengths
 */
export function probabilityOfBacktestOverfitting(
  trials: readonly Float64Array[],
  horizon = 1,
): number | null {
  const bars = trials[0]?.length ?? 0;
  const different = trials.find((trial) => trial.length !== bars);
  if (different !== undefined) {
    throw new RangeError(`Trials have ${bars} and ${different.length} bars, but must have the same`);
  }
  if (trials.length < MINIMUM_TRIALS || bars < 2 * horizon * BLOCKS) return null;

  let splits = 0;
  let overfitted = 0;
  forEachSplit(trials, BLOCKS, (chosen, outside) => {
    splits++;
    if (!aboveMedian(outside, smallest(chosen))) overfitted++;
  });
  return overfitted / splits;
}

/** Whether the rank of `trial` over the number of trials plus one, 1 for the worst, is above one half. */
function aboveMedian(scores: Float64Array, trial: number): boolean {
  const own = scores[trial];
  let worse = 0;
  let notBetter = 0;
  // Without a branch: which way the next one goes is a coin's throw.
  for (let other = 0; other < scores.length; other++) {
    worse += Number(scores[other] > own);
    notBetter += Number(scores[other] >= own);
  }
  // Those that tie share their rank, the trial itself among them.
  const rank = 1 + (worse + notBetter - 1) / 2;
  return rank / (scores.length + 1) > 0.5;
}
