import { formatDate, parseDate } from './civil-date.ts';
import type { TradingCalendar } from './trading-calendar.ts';
import { zonedTime } from './zoned-time.ts';

/**
 * The date of the bar of a day that starts at an instant: the first whose trading ends later. So midnight in UTC, the opening and
 * Sunday 17:00 in New York all give the date that a market's own list of days has. Closures are not looked at.
 *
 * @param instant milliseconds since 1970
 */
export function sessionDateAt(instant: number, { close, timeZone }: TradingCalendar): string {
  const utc = new Date(instant).toISOString().slice(0, 10);
  // No clock is further than a day from UTC.
  for (let day = parseDate(utc) - 1; ; day++) {
    const date = formatDate(day);
    if (Date.parse(zonedTime(date, close, timeZone)) > instant) return date;
  }
}
