import type { ForecastPair } from '../../contracts/rollout-evidence.ts';
import type { Horizon } from '../../series/horizon.ts';
import { type ComparedPair, comparedPair } from './compared-pair.ts';

/** The pairs of one horizon whose forecasts were made from bars of the same time: the unit of evidence, since symbols move together. */
export interface ForecastOrigin {
  /** Date of the session, `YYYY-MM-DD`. A session has one origin; two at `4h`, whose outcomes do not overlap. */
  readonly session: string;
  readonly pairs: readonly ComparedPair[];
}

export interface HorizonPairs {
  readonly horizon: Horizon;
  /** In the order of time. */
  readonly origins: readonly ForecastOrigin[];
  readonly sessions: number;
  readonly pairs: number;
  /** Pairs that cannot be compared, `AAPL 2026-11-20`. */
  readonly unusable: readonly string[];
}

/**
 * Pairs by horizon and origin.
 *
 * @param horizons to answer about, whether there are pairs or not; further ones that pairs have are added
 */
export function forecastOrigins(
  pairs: readonly ForecastPair[],
  horizons: readonly Horizon[],
): HorizonPairs[] {
  const names = [...new Set([...horizons, ...pairs.map(({ horizon }) => horizon)])].sort();
  return names.map((horizon) => {
    const byTime = new Map<number, ComparedPair[]>();
    const unusable: string[] = [];
    for (const pair of pairs) {
      if (pair.horizon !== horizon) continue;
      const time = Date.parse(pair.data_cutoff);
      const compared = comparedPair(pair);
      if (compared === null || Number.isNaN(time)) {
        unusable.push(`${pair.symbol} ${pair.data_cutoff.slice(0, 10)}`);
      } else {
        const same = byTime.get(time);
        if (same === undefined) byTime.set(time, [compared]);
        else same.push(compared);
      }
    }
    const origins = [...byTime]
      .sort(([a], [b]) => a - b)
      .map(([time, ofTime]) => ({ session: new Date(time).toISOString().slice(0, 10), pairs: ofTime }));
    return {
      horizon,
      origins,
      sessions: new Set(origins.map(({ session }) => session)).size,
      pairs: origins.reduce((sum, origin) => sum + origin.pairs.length, 0),
      unusable,
    };
  });
}
