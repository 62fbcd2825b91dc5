import { NEW_YORK } from '../calendars/built-in-calendars.ts';
import { newYorkTime } from '../calendars/new-york-time.ts';
import { isHalfDay, isSession, nextSession, sessionClose } from '../calendars/sessions.ts';
import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';

// The halves of the New York Stock Exchange's sessions, in which horizons below a day are counted.

/** Where in its session a half session lies. */
export type SessionPosition = 'first' | 'second';

/** Half of a session in New York: 09:30 to 13:30, or 13:30 to the close. */
export interface HalfSession {
  /** The session's date, `YYYY-MM-DD`. */
  readonly date: string;
  /** A half day (early close at 13:00) has a first half only, 09:30 to 13:00. */
  readonly position: SessionPosition;
  /** ISO 8601 in UTC, such as `2020-04-17T13:30:00Z`. */
  readonly start: string;
  /** ISO 8601 in UTC. */
  readonly end: string;
}

const FIRST_START = '09:30';
const SECOND_START = '13:30';
/** `YYYY-MM-DDTHH:MM:SSZ`. */
export const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * The half sessions of a date, in order: two, one on a half day, none when the exchange does not trade.
 *
 * Twin: the SQL function `internal.forecast_origins`, compared in test/database/computed-twice.test.ts.
 *
 * @param date `YYYY-MM-DD`
 * @param calendar New York's, with what operators announced; without it, by the rules alone
 * @throws InvalidInputError `invalid_date`
 */
export function halfSessions(date: string, calendar: TradingCalendar = NEW_YORK): HalfSession[] {
  if (!isSession(date, calendar)) return [];
  const start = newYorkTime(date, FIRST_START);
  const close = sessionClose(date, calendar);
  if (isHalfDay(date, calendar)) return [{ date, position: 'first', start, end: close }];
  const middle = newYorkTime(date, SECOND_START);
  return [
    { date, position: 'first', start, end: middle },
    { date, position: 'second', start: middle, end: close },
  ];
}

/**
 * The half session that starts at an instant; undefined when none does.
 *
 * @param start `YYYY-MM-DDTHH:MM:SSZ`
 * @param calendar as of {@link halfSessions}
 * @throws InvalidInputError `invalid_date` for anything else
 */
export function halfSessionFrom(
  start: string,
  calendar: TradingCalendar = NEW_YORK,
): HalfSession | undefined {
  if (!INSTANT.test(start)) {
    throw new InvalidInputError('invalid_date', `"${start}" is not an instant YYYY-MM-DDTHH:MM:SSZ`, {
      start,
    });
  }
  // Sessions lie within one date of UTC.
  return halfSessions(start.slice(0, 10), calendar).find((half) => half.start === start);
}

/**
 * The half session that starts at an instant.
 *
 * @throws InvalidInputError `invalid_date`; `not_a_half_session` when none starts then
 */
export function requireHalfSession(start: string): HalfSession {
  const half = halfSessionFrom(start);
  if (half === undefined) {
    throw new InvalidInputError(
      'not_a_half_session',
      `${start} is not a half session: ${halfSessionRule(start)}`,
      {
        start,
      },
    );
  }
  return half;
}

/** When half sessions of an instant's date start, in words. @throws InvalidInputError `invalid_date` */
export function halfSessionRule(instant: string): string {
  const date = instant.slice(0, 10);
  const starts = halfSessions(date).map(({ start }) => start.slice(11));
  if (starts.length === 0) return `New York has no session on ${date}`;
  return starts.length === 1
    ? `on ${date}, a half day, its only one starts at ${starts[0]} (09:30 in New York)`
    : `on ${date} they start at ${starts[0]} and ${starts[1]} (09:30 and 13:30 in New York)`;
}

/**
 * The half session after the one that starts at an instant, by the calendar.
 *
 * @param start by the rules alone: what was announced since takes no bar back
 * @param calendar New York's, with what operators announced
 * @throws InvalidInputError `invalid_date`, `not_a_half_session`
 */
export function nextHalfSession(start: string, calendar: TradingCalendar): HalfSession {
  const half = requireHalfSession(start);
  const second = half.position === 'first' ? halfSessions(half.date, calendar)[1] : undefined;
  return second ?? halfSessions(nextSession(half.date, calendar), calendar)[0];
}
