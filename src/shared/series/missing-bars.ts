import { nextSession, sessionClose } from '../calendars/sessions.ts';
import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import { halfSessions } from './half-sessions.ts';
import type { ReceivedTimeframe } from './series.ts';

/**
 * Times of the bars that a calendar has between the first of these and an instant, and that are not among them.
 *
 * @param times of bars, oldest first, each of a session or half session
 * @param until ISO 8601 in UTC: what ends later is not missed yet
 */
export function missingBars(
  times: readonly string[],
  timeframe: ReceivedTimeframe,
  until: string,
  calendar: TradingCalendar,
): string[] {
  if (times.length === 0) return [];
  const end = Date.parse(until);
  const there = new Set(times);
  const missing: string[] = [];
  for (let date = times[0].slice(0, 10); Date.parse(date) <= end; date = nextSession(date, calendar)) {
    const expected =
      timeframe === '1D'
        ? [{ time: date, end: sessionClose(date, calendar) }]
        : halfSessions(date, calendar).map((half) => ({ time: half.start, end: half.end }));
    for (const bar of expected) {
      if (bar.time > times[0] && Date.parse(bar.end) <= end && !there.has(bar.time)) missing.push(bar.time);
    }
  }
  return missing;
}
