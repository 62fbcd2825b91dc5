import { meanOf } from '../numerics/mean.ts';
import { SeededRandom } from '../numerics/random.ts';
import { type GapTest, gapTest } from './gap-test.ts';

/** Standardised score differences of consecutive bars, as one window has them. */
export interface DatedDifferences {
  /** Ordinal of the first bar in the symbol's series. */
  readonly firstBar: number;
  readonly differences: Float64Array;
}

/** The two parts of one window whose gap is looked at. */
export interface PartPair {
  readonly earlier: DatedDifferences;
  readonly later: DatedDifferences;
}

/** A quarter of a year: score differences hang together as long as a fit or a state of volatility lasts. */
const BLOCK_BARS = 63;
/** Of fewer blocks resamples vary too little: chance would be called significant. */
const LEAST_BLOCKS = 16;
export const RESAMPLES = 999;

/** The length of a block for a number of bars: a quarter of a year, or less so that there are 16 blocks. */
export function blockBars(bars: number): number {
  return Math.max(1, Math.min(BLOCK_BARS, Math.floor(bars / LEAST_BLOCKS)));
}

/**
 * The gaps of several windows of one symbol together, tested over daily differences by a block bootstrap.
 *
 * Windows share bars: what is one's test is the next one's validation, and train of several after that. So each bar gets what it
 * contributes to the mean gap in all of its parts, later parts with +, earlier ones with -, each divided by its part's bars and the
 * number of windows. The sum over bars is the mean gap of the windows; a bar that is in a later part of one window and in an earlier part of
 * another is compared with itself. Blocks of bars are drawn with replacement (moving blocks of Kuensch 1989, on a circle: `drawBlocks`),
 * and the p value is the share of resamples, this sample counted as one, whose sum exceeds their mean by as much as ours exceeds 0
 * (Davison and Hinkley 1997, equation 4.11). Where both parts lie far from the benchmark at the same level, resamples vary more than the
 * gap does, and the test is on the safe side: with eight windows at a level of a third of a standard deviation, 2 % at a nominal 5 %. One window is tested as it is by itself, see `gapTest`.
 *
 * @param windows of one symbol; at least one, every part with at least one bar
 * @param floor smallest gap that counts
 * @param seed of the resamples
 * @param horizon steps of a forecast; default 1. Blocks are longer than outcomes that overlap
 */
export function pooledGap(windows: readonly PartPair[], floor: number, seed: number, horizon = 1): GapTest {
  if (windows.length === 1) {
    const [{ earlier, later }] = windows;
    return gapTest(earlier.differences, later.differences, floor, horizon);
  }
  const contributions = contributionsByBar(windows);
  const gap = contributions.reduce((sum, value) => sum + value, 0);
  const sums = resampledSums(contributions, seed, Math.max(blockBars(contributions.length), 2 * horizon));
  // Rounding alone must not make a gap: the benchmark itself has none.
  const moves = contributions.some((value) => value !== 0);
  const asLarge = sums.filter((sum) => sum - gap >= gap).length;
  const average = (part: 'earlier' | 'later') =>
    meanOf(Float64Array.from(windows, (window) => meanOf(window[part].differences)));
  return {
    earlierMean: average('earlier'),
    laterMean: average('later'),
    gap,
    standardError: Math.sqrt(meanOf(sums.map((sum) => (sum - gap) * (sum - gap)))),
    pValue: moves ? (asLarge + 1) / (RESAMPLES + 1) : 1,
    floor,
  };
}

/** One value a bar, from the first bar of any part to the last; 0 for bars in no part. */
function contributionsByBar(windows: readonly PartPair[]): Float64Array {
  const parts = windows.flatMap(({ earlier, later }) => [earlier, later]);
  const first = Math.min(...parts.map(({ firstBar }) => firstBar));
  const end = Math.max(...parts.map(({ firstBar, differences }) => firstBar + differences.length));
  const contributions = new Float64Array(end - first);
  const add = ({ firstBar, differences }: DatedDifferences, sign: number) => {
    for (let i = 0; i < differences.length; i++) {
      contributions[firstBar - first + i] += (sign * differences[i]) / (differences.length * windows.length);
    }
  };
  for (const { earlier, later } of windows) {
    add(earlier, -1);
    add(later, 1);
  }
  return contributions;
}

/** The sums of resamples drawn by `drawBlocks` in moving blocks; those of whole blocks are differences of cumulated sums. */
function resampledSums(values: Float64Array, seed: number, block: number): Float64Array {
  const n = values.length;
  const cumulated = new Float64Array(n + block + 1);
  for (let i = 0; i < n + block; i++) cumulated[i + 1] = cumulated[i] + values[i % n];
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let left = n; left > 0; left -= block) {
      const from = Math.floor(n * random.uniform());
      sum += cumulated[from + Math.min(block, left)] - cumulated[from];
    }
    return sum;
  });
}
