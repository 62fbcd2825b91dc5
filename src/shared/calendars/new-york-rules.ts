import { civilDate, dayNumber, formatDate, parseDate, weekday } from './civil-date.ts';
import { isWeekend, lastWeekday, MONDAY, nthWeekday, SATURDAY, SUNDAY, THURSDAY } from './nth-weekday.ts';
import type { CalendarExceptionKind } from './trading-calendar.ts';

// The New York Stock Exchange's sessions by rule: rule 7.2 of the NYSE, and the closures it announced. Good from 1993 on;
// before that year the unscheduled closures are not listed.

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
export interface NewYorkException {
  readonly kind: CalendarExceptionKind;
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
export function newYorkException(date: string): NewYorkException | null {
  const day = parseDate(date);
  if (isWeekend(day)) return null;
  const closed = holiday(day) ?? UNSCHEDULED_CLOSURES.get(date);
  if (closed !== undefined) return { kind: 'closed', reason: closed };
  const short = shortFor(day);
  return short === undefined ? null : { kind: 'half_day', reason: short };
}

/** Does New York trade on a day, by its rules and the closures it announced? @param day days from 1970-01-01 */
export function isNewYorkSession(day: number): boolean {
  return !isWeekend(day) && holiday(day) === undefined && !UNSCHEDULED_CLOSURES.has(formatDate(day));
}

/** Does the session of a day close at 13:00? False when there is no session. @param day days from 1970-01-01 */
export function isNewYorkHalfDay(day: number): boolean {
  return isNewYorkSession(day) && shortFor(day) !== undefined;
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
      return when(day === lastWeekday(year, 5, MONDAY), 'Memorial Day');
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
