/** Sums of each trial's scores by halves of the bars; see {@link forEachSplit}. */
export type SplitVisitor = (chosen: Float64Array, outside: Float64Array) => void;

/**
 * Combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado and Zhu 2015, section 2): cuts the bars into
 * blocks and visits every way to put half of the blocks on one side; of 16 blocks these are 12,870, of 8 they are 70.
 *
 * @param trials scores of each trial by bar, all of the same length, at least one trial
 * @param blocks an even number, at most 16
 * @param visit is given each trial's sum over the bars on one side and over those on the other; both arrays are used again
 */
export function forEachSplit(trials: readonly Float64Array[], blocks: number, visit: SplitVisitor): void {
  const count = trials.length;
  const half = blocks / 2;
  const blockSums = trials.map((scores) => sumsByBlock(scores, blocks));
  // The sum over any blocks is one of the low half's subsets plus one of the high half's.
  const low = subsetSums(blockSums, 0, half);
  const high = subsetSums(blockSums, half, half);
  const mask = (1 << half) - 1;
  const chosen = new Float64Array(count);
  const outside = new Float64Array(count);
  // The last block is always outside here: with both sides changed that is every way.
  for (let subset = 0; subset < 1 << (blocks - 1); subset++) {
    if (bitCount(subset) !== half) continue;
    const lowChosen = low[subset & mask];
    const highChosen = high[subset >> half];
    const lowOutside = low[~subset & mask];
    const highOutside = high[~(subset >> half) & mask];
    for (let trial = 0; trial < count; trial++) {
      chosen[trial] = lowChosen[trial] + highChosen[trial];
      outside[trial] = lowOutside[trial] + highOutside[trial];
    }
    visit(chosen, outside);
    visit(outside, chosen);
  }
}

/** The trial with the smallest sum, the first of those that tie. */
export function smallest(sums: Float64Array): number {
  let best = 0;
  for (let trial = 1; trial < sums.length; trial++) if (sums[trial] < sums[best]) best = trial;
  return best;
}

function sumsByBlock(scores: Float64Array, blocks: number): Float64Array {
  const sums = new Float64Array(blocks);
  for (let i = 0; i < scores.length; i++) sums[Math.floor((i * blocks) / scores.length)] += scores[i];
  return sums;
}

/** By subset of the `count` blocks from `first` on, as bits: each trial's sum over them. */
function subsetSums(blockSums: readonly Float64Array[], first: number, count: number): Float64Array[] {
  const sums = [new Float64Array(blockSums.length)];
  for (let subset = 1; subset < 1 << count; subset++) {
    const rest = sums[subset & (subset - 1)];
    const block = first + bitCount((subset & -subset) - 1);
    sums.push(rest.map((sum, trial) => sum + blockSums[trial][block]));
  }
  return sums;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
