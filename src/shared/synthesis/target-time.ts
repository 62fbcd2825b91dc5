import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { Series } from '../series/series.ts';
import { nextSession, sessionClose } from '../series/trading-calendar.ts';

/**
 * When the horizon of a forecast from the end of `series` ends: for `1D` the close of the next session, ISO 8601 in UTC.
 *
 * @throws InvalidInputError `unsupported_horizon` for half-session bars
 */
export function targetTime(series: Series): string {
  if (series.timeframe !== '1D') {
    throw new InvalidInputError(
      'unsupported_horizon',
      `no target time is defined for ${series.timeframe} bars`,
    );
  }
  return sessionClose(nextSession(series.times[series.times.length - 1]));
}
