import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { formatDate, parseDate } from './civil-date.ts';
import { isNewYorkHalfDay, isNewYorkSession } from './new-york-rules.ts';
import { isWeekend } from './nth-weekday.ts';
import type { CalendarRule, TradingCalendar } from './trading-calendar.ts';
import { zonedTime } from './zoned-time.ts';

/** Days in a row without a session after which a calendar is taken to have none. */
const LONGEST_CLOSURE = 366;

/**
 * Does a market trade on a date? Outside of the dates that its calendar knows, by its rule.
 *
 * @param date `YYYY-MM-DD`
 * @throws InvalidInputError `invalid_date`
 */
export function isSession(date: string, calendar: TradingCalendar): boolean {
  return isSessionDay(parseDate(date), calendar);
}

/**
 * The first session after a date, session or not.
 *
 * @param date `YYYY-MM-DD`
 * @throws InvalidInputError `invalid_date`; `no_session` when there is none within a year
 */
export function nextSession(date: string, calendar: TradingCalendar): string {
  const first = parseDate(date) + 1;
  let day = first;
  while (!isSessionDay(day, calendar)) {
    if (++day - first > LONGEST_CLOSURE) {
      throw new InvalidInputError(
        'no_session',
        `The calendar ${calendar.name} has no session within a year after ${date}`,
        { date, calendar: calendar.name },
      );
    }
  }
  return formatDate(day);
}

/**
 * The last session that is not after a date; the date itself where there is none within a year before it.
 *
 * @param date `YYYY-MM-DD`
 * @throws InvalidInputError `invalid_date`
 */
export function lastSessionBy(date: string, calendar: TradingCalendar): string {
  const last = parseDate(date);
  for (let day = last; day > last - LONGEST_CLOSURE; day--) {
    if (isSessionDay(day, calendar)) return formatDate(day);
  }
  return date;
}

/**
 * Does the session of this date close early? False when there is no session.
 *
 * Twin: the SQL function `internal.is_half_day`, compared in test/database/trading-calendar.test.ts.
 *
 * @throws InvalidInputError `invalid_date`
 */
export function isHalfDay(date: string, calendar: TradingCalendar): boolean {
  const day = parseDate(date);
  if (!isSessionDay(day, calendar)) return false;
  return (
    calendar.exceptions.get(date) === 'half_day' || (calendar.rule === 'new_york' && isNewYorkHalfDay(day))
  );
}

/**
 * When the session of a date closes: ISO 8601 in UTC, such as `2020-04-17T20:00:00Z`.
 *
 * Twin: the SQL function `internal.session_close`, compared in test/database/trading-calendar.test.ts.
 * Twin: the SQL function `internal.calendar_days`, compared in test/database/trading-calendar.test.ts.
 *
 * @throws InvalidInputError `invalid_date`; `no_session` when the market does not trade on this date
 */
export function sessionClose(date: string, calendar: TradingCalendar): string {
  if (!isSession(date, calendar)) {
    throw new InvalidInputError('no_session', `${date} is no session of the calendar ${calendar.name}`, {
      date,
      calendar: calendar.name,
    });
  }
  return closingTime(date, calendar);
}

/**
 * Is the bar of a date complete: had its session closed at an instant? A date without a session is complete when it would have closed.
 *
 * @param now ISO 8601 in UTC
 * @throws InvalidInputError `invalid_date`
 */
export function isComplete(date: string, calendar: TradingCalendar, now: string): boolean {
  return Date.parse(closingTime(date, calendar)) <= Date.parse(now);
}

/**
 * When a date's trading closes: {@link sessionClose}, and of a date without a session, which a series may have a bar
 * of, when it would.
 *
 * @throws InvalidInputError `invalid_date`
 */
export function closingTime(date: string, calendar: TradingCalendar): string {
  return zonedTime(date, closingClock(date, calendar), calendar.timeZone);
}

/** The time of day, `HH:MM` by the calendar's clocks, of {@link closingTime}. @throws InvalidInputError `invalid_date` */
export function closingClock(date: string, calendar: TradingCalendar): string {
  const { close, halfDayClose } = calendar;
  return isHalfDay(date, calendar) ? (halfDayClose ?? close) : close;
}

/** {@link isSession} of a day number. */
export function isSessionDay(day: number, { rule, exceptions }: TradingCalendar): boolean {
  return RULES[rule](day) && (exceptions.size === 0 || exceptions.get(formatDate(day)) !== 'closed');
}

const RULES: Readonly<Record<CalendarRule, (day: number) => boolean>> = {
  new_york: isNewYorkSession,
  every_day: () => true,
  weekdays: (day) => !isWeekend(day),
};
