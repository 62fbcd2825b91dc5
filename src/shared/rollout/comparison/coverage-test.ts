import ln from '@stdlib/math-base-special-ln';
import { COVERAGE_LEVELS } from '../../scores/coverage.ts';
import { logWealths } from './bets-on-a-mean.ts';
import type { HorizonOrigin } from './forecast-origins.ts';

/**
 * The share of the wealth that the worst origin can take. Of nominal 0.9 it is the stake that gains fastest where the coverage is 0.55, near what
 * intervals of half the width have.
 */
const STAKED_SHARE = 0.4;

/** How often the candidate's intervals of one level held the outcome. */
export interface IntervalCoverage {
  /** Nominal. */
  readonly level: number;
  /** Mean over the origins of the share of their pairs; NaN without origins. */
  readonly share: number;
  /** Each bound holds with the given confidence, at all times together. */
  readonly interval: { readonly lower: number; readonly upper: number };
}

/** By level of `COVERAGE_LEVELS`. @param confidence of each bound */
export function intervalCoverages(origins: readonly HorizonOrigin[], confidence: number): IntervalCoverage[] {
  return COVERAGE_LEVELS.map((level, place) => {
    const shares = origins.map(({ covered, pairs }) => covered[place] / pairs);
    return {
      level,
      share: shares.reduce((sum, share) => sum + share, 0) / shares.length,
      interval: {
        lower: bound(0, 1, (coverage) => isCoverageAbove(shares, coverage, 1 - confidence)),
        upper: bound(1, 0, (coverage) => isCoverageBelow(shares, coverage, 1 - confidence)),
      },
    };
  });
}

/**
 * Whether it is shown that the mean coverage lies below one: wagers on the shares, which lie between 0 and 1 (Waudby-Smith and Ramdas 2024), with
 * stakes that stay (see `logWealths`).
 *
 * @param shares by origin
 * @param level probability of ever showing it where it is not so
 */
export function isCoverageBelow(shares: readonly number[], coverage: number, level: number): boolean {
  return logWealthBelow(shares, coverage) >= -ln(level);
}

/** The wager's log wealth; that of several origins is the sum of each one's. */
export function logWealthBelow(shares: readonly number[], coverage: number): number {
  return logWealth(
    shares.map((share) => coverage - share),
    coverage - 1,
  );
}

/** The same the other way round. */
export function isCoverageAbove(shares: readonly number[], coverage: number, level: number): boolean {
  const wealth = logWealth(
    shares.map((share) => share - coverage),
    -coverage,
  );
  return wealth >= -ln(level);
}

function logWealth(values: readonly number[], floor: number): number {
  // No share lies above 1 or below 0: a single one on the other side settles it.
  if (floor === 0) return values.some((value) => value > 0) ? Infinity : 0;
  const floored = values.map((value) => ({ value, floor }));
  return logWealths(floored, [STAKED_SHARE / -floor])[0];
}

/** The bound nearest to `inner` of those that are shown from `outer` on; `outer` when none is. Found to within 0.0005. */
function bound(outer: number, inner: number, isShownAt: (coverage: number) => boolean): number {
  let shown = outer;
  let open = inner;
  for (let i = 0; i < 11; i++) {
    const middle = (shown + open) / 2;
    if (isShownAt(middle)) shown = middle;
    else open = middle;
  }
  return shown;
}
