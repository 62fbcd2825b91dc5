import type { FlooredValue } from './bets-on-a-mean.ts';
import type { HorizonOrigin } from './forecast-origins.ts';

/**
 * A score of the candidate relative to the baseline's, over forecast origins. A ratio is of the scores as they are named: of RMSE, not of
 * squared errors.
 */
export interface ScoreRatio {
  /** Mean score of either over the origins, in the baseline's scales; and the ratio of the two. NaN without origins. */
  readonly candidate: number;
  readonly baseline: number;
  readonly estimate: number;
  /** Wagers that the ratio is below another one. */
  below(ratio: number): Wagers;
  /** The same the other way round. */
  above(ratio: number): Wagers;
}

/** What is wagered on: see `logWealths`. */
export interface Wagers {
  /** By origin, how far the candidate's score lies below, or above, the ratio times the baseline's: the mean over its pairs. */
  readonly values: readonly FlooredValue[];
  readonly stakes: readonly number[];
}

/**
 * Stakes where outcomes need no bound, in units of one over a scale (over its square for squared errors): from forecasts that differ much to some that
 * hardly do. Chosen for speed on simulated courses; no choice makes a wrong decision likelier.
 */
const STAKES = [1.5, 5, 15, 45];
/** Where they need one: shares of the wealth that an origin like the first can take. */
const STAKED_SHARES = [0.3, 0.8];

/**
 * What to stake on the values.
 *
 * Where bounded outcomes decide the floors, these are far below 0 and much alike: the stakes go by the first one, which was known before its value. Where
 * floors are near 0 on days on which two forecasts agree, the first would say nothing about the others.
 */
export function stakesFor(values: readonly FlooredValue[], isBounded: boolean): readonly number[] {
  if (!isBounded) return STAKES;
  const floor = values.length === 0 ? -1 : values[0].floor;
  return STAKED_SHARES.map((share) => (floor < 0 ? share / -floor : share));
}

/** The means over the pairs of each origin; the floors may all come on one day. @param sum over an origin's pairs */
export function flooredMeans(
  origins: readonly HorizonOrigin[],
  sum: (origin: HorizonOrigin) => FlooredValue,
): FlooredValue[] {
  return origins.map((origin) => {
    const { value, floor } = sum(origin);
    // The floor is found by another order of additions.
    return { value: value / origin.pairs, floor: Math.min(floor, value) / origin.pairs };
  });
}

/** The mean over origins of the mean over their pairs. @param sum over an origin's pairs */
export function meanOverOrigins(
  origins: readonly HorizonOrigin[],
  sum: (origin: HorizonOrigin) => number,
): number {
  return origins.reduce((total, origin) => total + sum(origin) / origin.pairs, 0) / origins.length;
}
