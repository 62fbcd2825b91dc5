import { SeededRandom } from '../../numerics/random.ts';
import { isCoverageBelow } from './coverage-test.ts';

/** Simulated courses: enough to know a power of 0.8 to within 0.04. */
const COURSES = 400;
/** Beyond so many origins it is not looked further. */
const LONGEST = 200;
const SEED = 20261123;

/**
 * Correlation of two symbols' misses of a 90 % interval on the same day. Of intervals from exponentially weighted volatility it is 0.17 on average over
 * the pairs of 13 US stocks and funds since 1990, 0.32 at most of AAPL, MSFT and SPY, and above 0.5 only of SPY with IWM (0.56).
 */
const DEPENDENCE = 0.5;

/** How well the test of coverage would see intervals that are too narrow. */
export interface CoveragePower {
  /** Probability that, after the origins there are, the nominal coverage is excluded. */
  readonly power: number;
  /** Origins after which that probability is at least the wanted one; null when not within 200. */
  readonly originsNeeded: number | null;
}

/**
 * The power of {@link isCoverageBelow} to see that intervals cover `actual` and not `nominal`: the share of 400 simulated courses, always the same
 * ones, in which it is shown after the last origin.
 *
 * On a day all symbols share one fate with probability 0.5, and else each has its own: their misses are correlated by as much.
 *
 * @param symbols pairs of an origin
 */
export function coveragePower({
  origins,
  symbols,
  nominal,
  actual,
  level,
  wanted,
}: {
  readonly origins: number;
  readonly symbols: number;
  readonly nominal: number;
  readonly actual: number;
  readonly level: number;
  readonly wanted: number;
}): CoveragePower {
  const random = new SeededRandom(SEED);
  const courses: number[][] = Array.from({ length: COURSES }, () => []);
  let power = 0;
  for (let n = 1; n <= Math.max(origins, LONGEST); n++) {
    let seen = 0;
    for (const shares of courses) {
      shares.push(share(random, symbols, actual));
      if (n >= origins && isCoverageBelow(shares, nominal, level)) seen++;
    }
    if (n < origins) continue;
    if (n === origins) power = seen / COURSES;
    if (seen >= wanted * COURSES) return { power, originsNeeded: n };
  }
  return { power, originsNeeded: null };
}

function share(random: SeededRandom, symbols: number, coverage: number): number {
  if (random.uniform() < DEPENDENCE) return random.uniform() < coverage ? 1 : 0;
  let inside = 0;
  for (let i = 0; i < symbols; i++) if (random.uniform() < coverage) inside++;
  return inside / symbols;
}
