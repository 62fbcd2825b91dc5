import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { civilDate, dayNumber, formatDate, parseDate, weekday } from './civil-date.ts';

// The New York Stock Exchange's sessions by rule: rule 7.2 of the NYSE, and the closures it announced. Good from 1993 on;
// before that year the unscheduled closures are not listed.

const SUNDAY = 0;
const MONDAY = 1;
const THURSDAY = 4;
const SATURDAY = 6;

/** Days on which the exchange stayed closed without a rule, and why. */
const UNSCHEDULED_CLOSURES: ReadonlyMap<string, string> = new Map([
  ['1994-04-27', 'Funeral of President Nixon'],
  ['2001-09-11', 'Attacks of 11 September'],
  ['2001-09-12', 'Attacks of 11 September'],
  ['2001-09-13', 'Attacks of 11 September'],
  ['2001-09-14', 'Attacks of 11 September'],
  ['2004-06-11', 'Funeral of President Reagan'],
  ['2007-01-02', 'Mourning for President Ford'],
  ['2012-10-29', 'Hurricane Sandy'],
  ['2012-10-30', 'Hurricane Sandy'],
  ['2018-12-05', 'Mourning for President G. H. W. Bush'],
  ['2025-01-09', 'Mourning for President Carter'],
]);

/** Closes at 13:00 that the exchange announced beside its rules, and before what. */
const UNSCHEDULED_HALF_DAYS: ReadonlyMap<string, string> = new Map([
  ['1997-12-26', 'Day after Christmas'],
  ['1999-12-31', 'Eve of the year 2000'],
  ['2003-12-26', 'Day after Christmas'],
]);

/** A weekday that is no full session, and why. */
export interface CalendarException {
  readonly kind: 'closed' | 'half_day';
  /** For people, such as `Good Friday`. */
  readonly reason: string;
}

/**
 * What sets a weekday apart: a holiday, an unscheduled closure or a close at 13:00. Null on full sessions and at weekends. The
 * database's table `calendar_exceptions` is written from it.
 *
 * Twin: the SQL function `internal.closed_because`, compared in test/database/trading-calendar.test.ts.
 *
 * @param date `YYYY-MM-DD`
 * @throws InvalidInputError `invalid_date`
 */
export function calendarException(date: string): CalendarException | null {
  const day = parseDate(date);
  if (isWeekend(day)) return null;
  const closed = holiday(day) ?? UNSCHEDULED_CLOSURES.get(date);
  if (closed !== undefined) return { kind: 'closed', reason: closed };
  const short = shortFor(day);
  return short === undefined ? null : { kind: 'half_day', reason: short };
}

/** Does the exchange trade on this date? @param date `YYYY-MM-DD` @throws InvalidInputError `invalid_date` */
export function isSession(date: string): boolean {
  return isSessionDay(parseDate(date));
}

/** The first session after a date, session or not. @param date `YYYY-MM-DD` @throws InvalidInputError `invalid_date` */
export function nextSession(date: string): string {
  let day = parseDate(date) + 1;
  while (!isSessionDay(day)) day++;
  return formatDate(day);
}

/**
 * Does the session of this date close at 13:00 New York time? False when there is no session.
 *
 * Twin: the SQL function `internal.is_half_day`, compared in test/database/trading-calendar.test.ts.
 *
 * @throws InvalidInputError `invalid_date`
 */
export function isHalfDay(date: string): boolean {
  const day = parseDate(date);
  return isSessionDay(day) && shortFor(day) !== undefined;
}

/**
 * When the session of a date closes: 16:00 New York time, 13:00 on half days; ISO 8601 in UTC, such as
 * `2020-04-17T20:00:00Z`.
 *
 * Twin: the SQL function `internal.session_close`, compared in test/database/trading-calendar.test.ts.
 *
 * @throws InvalidInputError `invalid_date`; `no_session` when the exchange does not trade on this date
 */
export function sessionClose(date: string): string {
  const day = parseDate(date);
  if (!isSessionDay(day)) {
    throw new InvalidInputError('no_session', `The New York Stock Exchange does not trade on ${date}`, {
      date,
    });
  }
  return newYorkTime(date, shortFor(day) !== undefined ? '13:00' : '16:00');
}

/**
 * A time of day in New York, between 05:00 and 18:59, as an instant: ISO 8601 in UTC, such as `2020-04-17T13:30:00Z`.
 *
 * @param date `YYYY-MM-DD`
 * @param time `HH:MM` on New York's clocks
 * @throws InvalidInputError `invalid_date`
 */
export function newYorkTime(date: string, time: string): string {
  const hour = Number(time.slice(0, 2)) + hoursBehindUtc(parseDate(date));
  return `${date}T${hour}:${time.slice(3)}:00Z`;
}

function isSessionDay(day: number): boolean {
  return !isWeekend(day) && holiday(day) === undefined && !UNSCHEDULED_CLOSURES.has(formatDate(day));
}

function isWeekend(day: number): boolean {
  const dayOfWeek = weekday(day);
  return dayOfWeek === SATURDAY || dayOfWeek === SUNDAY;
}

/** The holiday that is kept on a day. */
function holiday(day: number): string | undefined {
  const { year, month } = civilDate(day);
  const when = (kept: boolean, name: string) => (kept ? name : undefined);
  switch (month) {
    case 1:
      if (day === newYearsDay(year)) return "New Year's Day";
      return when(year >= 1998 && day === nthWeekday(year, 1, MONDAY, 3), 'Martin Luther King Day');
    case 2:
      return when(day === nthWeekday(year, 2, MONDAY, 3), "Washington's Birthday");
    case 3:
    case 4:
      return when(day === goodFriday(year), 'Good Friday');
    case 5:
      return when(day === lastMonday(year, 5), 'Memorial Day');
    case 6:
      return when(year >= 2022 && day === observed(dayNumber(year, 6, 19)), 'Juneteenth');
    case 7:
      return when(day === observed(dayNumber(year, 7, 4)), 'Independence Day');
    case 9:
      return when(day === nthWeekday(year, 9, MONDAY, 1), 'Labor Day');
    case 11:
      return when(day === thanksgiving(year), 'Thanksgiving Day');
    case 12:
      return when(day === observed(dayNumber(year, 12, 25)), 'Christmas Day');
    default:
      return undefined;
  }
}

/** Why a session closes at 13:00, by rule since 1993 or as announced; undefined when it does not. Only asked of sessions. */
function shortFor(day: number): string | undefined {
  const { year, month, day: dayOfMonth } = civilDate(day);
  const announced = UNSCHEDULED_HALF_DAYS.get(formatDate(day));
  if (announced !== undefined) return announced;
  if (month === 11) return day === thanksgiving(year) + 1 ? 'Day after Thanksgiving' : undefined;
  if (month === 12) return dayOfMonth === 24 ? 'Christmas Eve' : undefined;
  if (month !== 7) return undefined;
  const independenceDay = weekday(dayNumber(year, 7, 4));
  // Until 2012 a Thursday holiday was followed by a short Friday, since 2013 a short Wednesday comes before it.
  if (independenceDay === THURSDAY && year < 2013) {
    return dayOfMonth === 5 ? 'Day after Independence Day' : undefined;
  }
  return dayOfMonth === 3 ? 'Eve of Independence Day' : undefined;
}

/** A Saturday holiday is kept on Friday, a Sunday holiday on Monday. */
function observed(holiday: number): number {
  const dayOfWeek = weekday(holiday);
  if (dayOfWeek === SATURDAY) return holiday - 1;
  return dayOfWeek === SUNDAY ? holiday + 1 : holiday;
}

/** Not moved to Friday: the last business day of the year stays open. */
function newYearsDay(year: number): number {
  const day = dayNumber(year, 1, 1);
  return weekday(day) === SUNDAY ? day + 1 : day;
}

function thanksgiving(year: number): number {
  return nthWeekday(year, 11, THURSDAY, 4);
}

function nthWeekday(year: number, month: number, dayOfWeek: number, nth: number): number {
  const first = dayNumber(year, month, 1);
  return first + ((dayOfWeek - weekday(first) + 7) % 7) + 7 * (nth - 1);
}

function lastMonday(year: number, month: number): number {
  const last = dayNumber(year, month + 1, 1) - 1;
  return last - ((weekday(last) - MONDAY + 7) % 7);
}

/** Two days before Easter (the anonymous Gregorian algorithm: Meeus, Jones and Butcher). */
function goodFriday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const dayOfMonth = (h + l - 7 * m + 33 * month + 19) % 32;
  return dayNumber(year, month, dayOfMonth) - 2;
}

/** 4 or 5, by the rules of daylight saving time at the close of that day. Clocks change on Sundays, never in a session. */
function hoursBehindUtc(day: number): number {
  const { year } = civilDate(day);
  const starts = year >= 2007 ? nthWeekday(year, 3, SUNDAY, 2) : nthWeekday(year, 4, SUNDAY, 1);
  const ends = year >= 2007 ? nthWeekday(year, 11, SUNDAY, 1) : lastSunday(year, 10);
  return day >= starts && day < ends ? 4 : 5;
}

function lastSunday(year: number, month: number): number {
  const last = dayNumber(year, month + 1, 1) - 1;
  return last - weekday(last);
}
