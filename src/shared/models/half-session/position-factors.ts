import type { SessionPosition } from '../../series/half-sessions.ts';
import { logReturns } from '../../series/log-returns.ts';
import type { Series } from '../../series/series.ts';
import { sessionPositions } from '../../series/session-positions.ts';

/** A factor for each half of the session; their product is 1. */
export type ByPosition = Readonly<Record<SessionPosition, number>>;

/** By how much the halves of the session differ. */
export interface PositionFactors {
  /** Of the size of a bar's moves, the gap before it included. */
  readonly volatility: ByPosition;
  readonly volume: ByPosition;
}

const NO_DIFFERENCE: ByPosition = { first: 1, second: 1 };

/**
 * Estimates how much the halves of the session differ: the mean absolute log return of each, relative to their geometric
 * mean, and the same of the volume. Absolute values, because one outlier must not decide a factor; close to close, so that the
 * first half carries the night.
 *
 * Halves that cannot be compared (one has no bar, no movement or no volume) differ by nothing.
 *
 * @param series bars of timeframe `4h`; each is read, so they must all be known
 * @throws InvalidInputError `invalid_date` for a bar whose time is no instant
 */
export function positionFactors(series: Series): PositionFactors {
  const positions = sessionPositions(series);
  const sizes = logReturns(series.close).map(Math.abs);
  return {
    volatility: relativeMeans(sizes, positions.slice(1)),
    volume: relativeMeans(series.volume, positions),
  };
}

function relativeMeans(values: Float64Array, positions: readonly SessionPosition[]): ByPosition {
  const mean = (position: SessionPosition): number => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      if (positions[i] !== position) continue;
      sum += values[i];
      count++;
    }
    return sum / count;
  };
  const ratio = mean('first') / mean('second');
  if (!(ratio > 0 && ratio < Number.POSITIVE_INFINITY)) return NO_DIFFERENCE;
  const first = Math.sqrt(ratio);
  return { first, second: 1 / first };
}
