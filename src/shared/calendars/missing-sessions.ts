import { nextSession, sessionClose } from './sessions.ts';
import type { TradingCalendar } from './trading-calendar.ts';

/**
 * Sessions between the first and the last of these bars of which there is none, as far as the calendar knows them.
 *
 * @param times of bars of any timeframe, oldest first
 * @returns dates, `YYYY-MM-DD`
 */
export function missingSessions(times: readonly string[], calendar: TradingCalendar): string[] {
  const dates = [...new Set(times.map((time) => time.slice(0, 10)))];
  const missing: string[] = [];
  for (let i = 1; i < dates.length; i++) {
    for (
      let date = nextSession(dates[i - 1], calendar);
      date < dates[i];
      date = nextSession(date, calendar)
    ) {
      if (isKnown(date, calendar)) missing.push(date);
    }
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

function isKnown(date: string, { knownFrom, knownUntil }: TradingCalendar): boolean {
  return date >= knownFrom && date <= knownUntil;
}
