import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { civilDate, dayNumber, formatDate, parseDate, weekday } from './civil-date.ts';

// The New York Stock Exchange's sessions by rule: rule 7.2 of the NYSE, and the closures it announced. Good from 1993 on;
// before that year the unscheduled closures are not listed.

const SUNDAY = 0;
const MONDAY = 1;
const THURSDAY = 4;
const SATURDAY = 6;

/** Days on which the exchange stayed closed without a rule. */
const UNSCHEDULED_CLOSURES: ReadonlySet<string> = new Set([
  '1994-04-27', // funeral of President Nixon
  '2001-09-11', // attacks of 11 September
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11', // funeral of President Reagan
  '2007-01-02', // mourning for President Ford
  '2012-10-29', // hurricane Sandy
  '2012-10-30',
  '2018-12-05', // mourning for President G. H. W. Bush
  '2025-01-09', // mourning for President Carter
]);

/** Closes at 13:00 that the exchange announced beside its rules. */
const UNSCHEDULED_HALF_DAYS: ReadonlySet<string> = new Set(['1997-12-26', '1999-12-31', '2003-12-26']);

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

/** Does the session of this date close at 13:00 New York time? False when there is no session. @throws InvalidInputError `invalid_date` */
export function isHalfDay(date: string): boolean {
  const day = parseDate(date);
  return isSessionDay(day) && closesEarly(day);
}

/**
 * When the session of a date closes: 16:00 New York time, 13:00 on half days; ISO 8601 in UTC, such as
 * `2020-04-17T20:00:00Z`.
 *
 * @throws InvalidInputError `invalid_date`; `no_session` when the exchange does not trade on this date
 */
export function sessionClose(date: string): string {
  const day = parseDate(date);
  if (!isSessionDay(day)) {
    throw new InvalidInputError('no_session', `The New York Stock Exchange does not trade on ${date}.`, {
      date,
    });
  }
  return newYorkTime(date, closesEarly(day) ? '13:00' : '16:00');
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
  const dayOfWeek = weekday(day);
  return (
    dayOfWeek !== SATURDAY &&
    dayOfWeek !== SUNDAY &&
    !isHoliday(day) &&
    !UNSCHEDULED_CLOSURES.has(formatDate(day))
  );
}

function isHoliday(day: number): boolean {
  const { year, month } = civilDate(day);
  switch (month) {
    case 1:
      return day === newYearsDay(year) || (year >= 1998 && day === nthWeekday(year, 1, MONDAY, 3));
    case 2:
      return day === nthWeekday(year, 2, MONDAY, 3);
    case 3:
    case 4:
      return day === goodFriday(year);
    case 5:
      return day === lastMonday(year, 5);
    case 6:
      return year >= 2022 && day === observed(dayNumber(year, 6, 19));
    case 7:
      return day === observed(dayNumber(year, 7, 4));
    case 9:
      return day === nthWeekday(year, 9, MONDAY, 1);
    case 11:
      return day === thanksgiving(year);
    case 12:
      return day === observed(dayNumber(year, 12, 25));
    default:
      return false;
  }
}

/** Only on a session: half days by rule since 1993. */
function closesEarly(day: number): boolean {
  const { year, month, day: dayOfMonth } = civilDate(day);
  if (UNSCHEDULED_HALF_DAYS.has(formatDate(day))) return true;
  if (month === 11) return day === thanksgiving(year) + 1;
  if (month === 12) return dayOfMonth === 24;
  if (month !== 7) return false;
  const independenceDay = weekday(dayNumber(year, 7, 4));
  // Until 2012 a Thursday holiday was followed by a short Friday, since 2013 a short Wednesday comes before it.
  if (independenceDay === THURSDAY && year < 2013) return dayOfMonth === 5;
  return dayOfMonth === 3;
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
