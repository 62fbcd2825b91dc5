import { halfSessions } from './half-sessions.ts';
import type { ReceivedTimeframe } from './series.ts';
import { isSession, nextSession, sessionClose } from './trading-calendar.ts';

/**
 * Sessions of New York between the first and the last of these bars of which there is none; null when a bar is of another day: the
 * series is of another market, whose calendar is not known here.
 *
 * @param times of bars of any timeframe, oldest first
 * @returns dates, `YYYY-MM-DD`
 */
export function missingSessions(times: readonly string[]): string[] | null {
  const dates = [...new Set(times.map((time) => time.slice(0, 10)))];
  if (!dates.every(isSession)) return null;
  const missing: string[] = [];
  for (let i = 1; i < dates.length; i++) {
    for (let date = nextSession(dates[i - 1]); date < dates[i]; date = nextSession(date)) missing.push(date);
  }
  return missing;
}

/**
 * Times of the bars that New York's calendar has between the first of these and an instant, and that are not among them.
 *
 * @param times of bars, oldest first, each of a session or half session
 * @param until ISO 8601 in UTC: what ends later is not missed yet
 */
export function missingBars(times: readonly string[], timeframe: ReceivedTimeframe, until: string): string[] {
  if (times.length === 0) return [];
  const end = Date.parse(until);
  const there = new Set(times);
  const missing: string[] = [];
  for (let date = times[0].slice(0, 10); Date.parse(date) <= end; date = nextSession(date)) {
    const expected =
      timeframe === '1D'
        ? [{ time: date, end: sessionClose(date) }]
        : halfSessions(date).map((half) => ({ time: half.start, end: half.end }));
    for (const bar of expected) {
      if (bar.time > times[0] && Date.parse(bar.end) <= end && !there.has(bar.time)) missing.push(bar.time);
    }
  }
  return missing;
}

/** Sessions of New York after that of a bar which had closed at an instant. @param time of the bar @param now ISO 8601 in UTC */
export function sessionsSince(time: string, now: string): number {
  const end = Date.parse(now);
  let sessions = 0;
  for (
    let date = nextSession(time.slice(0, 10));
    Date.parse(sessionClose(date)) <= end;
    date = nextSession(date)
  ) {
    sessions++;
  }
  return sessions;
}
