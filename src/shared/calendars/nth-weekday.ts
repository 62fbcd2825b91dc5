import { dayNumber, weekday } from './civil-date.ts';

/** Days of the week, as {@link weekday} counts them. */
export const SUNDAY = 0;
export const MONDAY = 1;
export const THURSDAY = 4;
export const SATURDAY = 6;

/** Is a day Saturday or Sunday? @param day days from 1970-01-01 */
export function isWeekend(day: number): boolean {
  const dayOfWeek = weekday(day);
  return dayOfWeek === SATURDAY || dayOfWeek === SUNDAY;
}

/** The first, second, ... of a day of the week in a month, in days from 1970-01-01. */
export function nthWeekday(year: number, month: number, dayOfWeek: number, nth: number): number {
  const first = dayNumber(year, month, 1);
  return first + ((dayOfWeek - weekday(first) + 7) % 7) + 7 * (nth - 1);
}

/** The last of a day of the week in a month, in days from 1970-01-01. */
export function lastWeekday(year: number, month: number, dayOfWeek: number): number {
  const last = dayNumber(year, month + 1, 1) - 1;
  return last - ((weekday(last) - dayOfWeek + 7) % 7);
}
