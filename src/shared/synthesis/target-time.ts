import { isHalfDay, nextSession, sessionClose } from '../calendars/sessions.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { halfSessions, nextHalfSession, requireHalfSession } from '../series/half-sessions.ts';
import type { Series } from '../series/series.ts';

/**
 * When the horizon of a forecast from the end of `series` ends by its calendar, ISO 8601 in UTC: for `1D` the close of the next session; for
 * `4h` the end of the next half session; for `8h` 13:30 in New York of the next session, 13:00 when that is a half day.
 *
 * Twin: the SQL function `internal.not_issued_from`, compared in test/database/computed-twice.test.ts.
 *
 * @throws InvalidInputError `not_a_half_session`; `no_eight_hours_ahead` for `8h` from a half day's close: two half sessions
 *   later the next session closes, and that forecast is the one over `1D`
 */
export function targetTime({ symbol, timeframe, times, calendar }: Series): string {
  const last = times[times.length - 1];
  switch (timeframe) {
    case '1D':
      return sessionClose(nextSession(last, calendar), calendar);
    case '4h':
      return nextHalfSession(last, calendar).end;
    case '8h': {
      const { date } = requireHalfSession(last);
      if (isHalfDay(date, calendar)) {
        throw new InvalidInputError(
          'no_eight_hours_ahead',
          `No 8h forecast is issued from the close of ${date}, a half day: two half sessions later the next session closes, which is 1D`,
          { symbol, date },
        );
      }
      return halfSessions(nextSession(date, calendar), calendar)[0].end;
    }
  }
}
