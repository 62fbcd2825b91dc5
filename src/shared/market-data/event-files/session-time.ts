import { NEW_YORK } from '../../calendars/built-in-calendars.ts';
import { closingClock, isSession } from '../../calendars/sessions.ts';
import { zonedClock } from '../../calendars/zoned-time.ts';
import type { EventTime } from '../../series/scheduled-event.ts';
import { instantOf, readWrittenDate } from '../date-notation.ts';

/** Date and time of day in New York, `YYYY-MM-DD` and `HH:MM`. */
export interface NewYorkMoment {
  readonly date: string;
  readonly time: string;
}

/** Whether a moment in New York comes before its session, or after it; null within it, and on a date without one. */
export function sessionTimeOf({ date, time }: NewYorkMoment): EventTime | null {
  if (!isSession(date, NEW_YORK)) return null;
  if (time < '09:30') return 'before';
  return time >= closingClock(date, NEW_YORK) ? 'after' : null;
}

/**
 * The moment in New York that a date with a time of day and its zone means, as yfinance writes one:
 * `2024-08-01 16:30:00-04:00`. Undefined for a time without a zone, and for seconds since 1970.
 *
 * @param date the same date, `YYYY-MM-DD`
 */
export function writtenMoment(date: string, text: string): NewYorkMoment | undefined {
  const written = readWrittenDate(text);
  const instant = written === undefined ? undefined : instantOf(date, written);
  return instant === undefined ? undefined : zonedClock(instant, 'America/New_York');
}
