import { formatDate, parseDate } from '../../calendars/civil-date.ts';
import { nextSession } from '../../calendars/sessions.ts';
import type { TradingCalendar } from '../../calendars/trading-calendar.ts';

/** Sessions are counted no further than about so many days. */
const FARTHEST = 14;

/**
 * How many sessions a session lies behind the first one on or after a day; negative where it lies before.
 *
 * @param day since 1970
 * @param date of a session, within two weeks of the day
 */
export function sessionsBetween(day: number, date: string, calendar: TradingCalendar): number {
  const due = nextSession(formatDate(day - 1), calendar);
  const [first, last] = due < date ? [due, date] : [date, due];
  let sessions = 0;
  for (let at = first; at < last && parseDate(at) - parseDate(first) <= FARTHEST; sessions++)
    at = nextSession(at, calendar);
  return due < date ? sessions : -sessions;
}
