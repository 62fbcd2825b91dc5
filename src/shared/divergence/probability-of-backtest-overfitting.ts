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
 * @returns null below {@link MINIMUM_TRIALS} trials, or with fewer than two bars per block
 * @throws RangeError when the trials have different lengths
 */
export function probabilityOfBacktestOverfitting(trials: readonly Float64Array[]): number | null {
  const bars = trials[0]?.length ?? 0;
  const different = trials.find((trial) => trial.length !== bars);
  if (different !== undefined) {
    throw new RangeError(`Trials have ${bars} and ${different.length} bars, but must have the same.`);
  }
  if (trials.length < MINIMUM_TRIALS || bars < 2 * BLOCKS) return null;

  const blockSums = trials.map(sumsByBlock);
  const chosen = new Float64Array(trials.length);
  const outside = new Float64Array(trials.length);
  let splits = 0;
  let overfitted = 0;
  for (let subset = 0; subset < 1 << BLOCKS; subset++) {
    if (bitCount(subset) !== BLOCKS / 2) continue;
    sumHalves(blockSums, subset, chosen, outside);
    let best = 0;
    for (let trial = 1; trial < chosen.length; trial++) if (chosen[trial] < chosen[best]) best = trial;
    splits++;
    if (!aboveMedian(outside, best)) overfitted++;
  }
  return overfitted / splits;
}

function sumsByBlock(scores: Float64Array): Float64Array {
  const sums = new Float64Array(BLOCKS);
  for (let i = 0; i < scores.length; i++) sums[Math.floor((i * BLOCKS) / scores.length)] += scores[i];
  return sums;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Sets each trial's score on the blocks in `subset`, and on the others. */
function sumHalves(
  blockSums: readonly Float64Array[],
  subset: number,
  chosen: Float64Array,
  outside: Float64Array,
): void {
  chosen.fill(0);
  outside.fill(0);
  for (let trial = 0; trial < blockSums.length; trial++) {
    for (let block = 0; block < BLOCKS; block++) {
      if ((subset >> block) & 1) chosen[trial] += blockSums[trial][block];
      else outside[trial] += blockSums[trial][block];
    }
  }
}

/** Whether the rank of `trial` over the number of trials plus one, 1 for the worst, is above one half. */
function aboveMedian(scores: Float64Array, trial: number): boolean {
  let rank = 1;
  for (let other = 0; other < scores.length; other++) {
    if (other === trial) continue;
    if (scores[other] > scores[trial]) rank += 1;
    else if (scores[other] === scores[trial]) rank += 0.5;
  }
  return rank / (scores.length + 1) > 0.5;
}
