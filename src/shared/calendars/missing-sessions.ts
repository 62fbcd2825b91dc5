import { formatDate, parseDate } from './civil-date.ts';
import { isSessionDay, nextSession, sessionClose } from './sessions.ts';
import type { TradingCalendar } from './trading-calendar.ts';

/**
 * Sessions between the first and the last of these bars of which there is none, as far as the calendar knows them.
 *
 * @param times of bars of any timeframe, oldest first
 * @returns dates, `YYYY-MM-DD`
 */
export function missingSessions(times: readonly string[], calendar: TradingCalendar): string[] {
  return missingSessionDays(times, calendar).map(formatDate);
}

/** {@link missingSessions} in days from 1970-01-01. */
export function missingSessionDays(times: readonly string[], calendar: TradingCalendar): number[] {
  const [first, last] = [calendar.knownFrom, calendar.knownUntil].map(parseDate);
  const days = times.map((time) => parseDate(time.slice(0, 10)));
  const missing: number[] = [];
  for (let i = 1; i < days.length; i++) {
    for (let day = Math.max(first, days[i - 1] + 1); day < Math.min(days[i], last + 1); day++)
      if (isSessionDay(day, calendar)) missing.push(day);
  }
  return missing;
}

/** Sessions after that of a bar which had closed at an instant. @param time of the bar @param now ISO 8601 in UTC */
export function sessionsSince(time: string, now: string, calendar: TradingCalendar): number {
  const end = Date.parse(now);
  let sessions = 0;
  for (
    let date = nextSession(time.slice(0, 10), calendar);
    Date.parse(sessionClose(date, calendar)) <= end;
    date = nextSession(date, calendar)
  ) {
    sessions++;
  }
  return sessions;
}
