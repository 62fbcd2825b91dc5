import { parseDate } from '../../calendars/civil-date.ts';
import { missingSessionDays } from '../../calendars/missing-sessions.ts';
import { isSessionDay } from '../../calendars/sessions.ts';
import type { TradingCalendar } from '../../calendars/trading-calendar.ts';

/** The dates of bars held against a calendar, in days from 1970-01-01, oldest first; only what the calendar knows. */
export interface SessionDates {
  /** Dates of bars, each once. */
  readonly days: readonly number[];
  /** Those on which the calendar has no session. */
  readonly off: readonly number[];
  /** Sessions between the first and the last date without a bar. */
  readonly missing: readonly number[];
}

/** @param times in order */
export function sessionDates(times: readonly string[], calendar: TradingCalendar): SessionDates {
  const { knownFrom, knownUntil } = calendar;
  const days: number[] = [];
  for (const time of times) {
    const date = time.slice(0, 10);
    if (date < knownFrom || date > knownUntil) continue;
    const day = parseDate(date);
    if (day !== days[days.length - 1]) days.push(day);
  }
  const off = days.filter((day) => !isSessionDay(day, calendar));
  return { days, off, missing: missingSessionDays(times, calendar) };
}

/** Share of the dates, and of the sessions among them, that do not agree: bars without a session, and sessions without a bar. */
export function misfit({ days, off, missing }: SessionDates): number {
  return (off.length + missing.length) / Math.max(1, days.length + missing.length);
}
