import { formatDate, parseDate } from '../calendars/civil-date.ts';
import { isComplete, isSession, sessionClose } from '../calendars/sessions.ts';
import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import { halfSessionFrom, halfSessionRule } from '../series/half-sessions.ts';
import type { ReceivedTimeframe } from '../series/series.ts';
import type { FileFaults } from './file-faults.ts';
import type { TimedRow } from './read-times.ts';

/**
 * Looks whether bars can be there yet, and whether those of `4h` start with a half session.
 *
 * @param now ISO 8601 in UTC
 * @param faults gets `future_date`, `not_a_half_session`
 */
export function checkTimes(
  rows: readonly TimedRow[],
  timeframe: ReceivedTimeframe,
  now: string,
  calendar: TradingCalendar,
  faults: FileFaults,
): void {
  // Bars before it are complete in every time zone.
  const recent = formatDate(parseDate(now.slice(0, 10)) - 1);
  for (const { line, time } of rows) {
    const future = (what: string, rule: string) =>
      faults.add({ line, date: time.slice(0, 10), code: 'future_date', what, rule });
    if (time > now) {
      future(`it lies after ${now}`, 'a bar is of the past');
    } else if (timeframe === '4h') {
      const half = halfSessionFrom(time);
      if (half === undefined) {
        const what = `${time} is not the start of a half session: ${halfSessionRule(time)}`;
        faults.add({ line, date: time.slice(0, 10), code: 'not_a_half_session', what, rule: '' });
      } else if (Date.parse(now) < Date.parse(half.end)) {
        future(`its half session lasts until ${half.end}`, 'a bar is there when its half session is over');
      }
    } else if (time >= recent && isSession(time, calendar) && !isComplete(time, calendar, now)) {
      // The bar would be another one at the close. A calendar's other days are taken: another market may trade then.
      future(
        `its session is open until ${sessionClose(time, calendar)}`,
        'a bar is complete at the close: send the file again then, or bars up to the day before',
      );
    }
  }
}
