import type { ComparedEvidence, ForecastOrigin } from '../../contracts/compared-evidence.ts';
import type { Horizon } from '../../series/horizon.ts';

/** An origin and its session. */
export interface HorizonOrigin extends ForecastOrigin {
  /** Date of the session, `YYYY-MM-DD`. A session has one origin; two at `4h`, whose outcomes do not overlap. */
  readonly session: string;
}

export interface HorizonPairs {
  readonly horizon: Horizon;
  /** In the order of time. */
  readonly origins: readonly HorizonOrigin[];
  /** For which the origins have floors. */
  readonly ratios: readonly number[];
  readonly sessions: number;
  readonly pairs: number;
  /** Pairs that cannot be compared, `AAPL 2026-11-20`: the newest. */
  readonly unusable: readonly string[];
  /** Pairs of any horizon that have come true and are yet to be compared. */
  readonly waiting: number;
}

/**
 * Origins by horizon.
 *
 * @param horizons to answer about, whether there are pairs or not; further ones that pairs have are added
 */
export function forecastOrigins(
  { ratios, origins, unusable, waiting }: ComparedEvidence,
  horizons: readonly Horizon[],
): HorizonPairs[] {
  const names = [
    ...new Set([
      ...horizons,
      ...origins.map(({ horizon }) => horizon),
      ...unusable.latest.map(({ horizon }) => horizon),
    ]),
  ].sort();
  return names.map((horizon) => {
    const own = origins
      .filter((origin) => origin.horizon === horizon)
      .sort((a, b) => Date.parse(a.data_cutoff) - Date.parse(b.data_cutoff))
      .map((origin) => ({ ...origin, session: new Date(origin.data_cutoff).toISOString().slice(0, 10) }));
    return {
      horizon,
      origins: own,
      ratios,
      sessions: new Set(own.map(({ session }) => session)).size,
      pairs: own.reduce((sum, { pairs }) => sum + pairs, 0),
      unusable: unusable.latest
        .filter((pair) => pair.horizon === horizon)
        .map(({ symbol, data_cutoff }) => `${symbol} ${data_cutoff.slice(0, 10)}`),
      waiting,
    };
  });
}
