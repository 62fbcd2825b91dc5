import { formatDate, parseDate } from './civil-date.ts';
import { newYorkTime } from './new-york-time.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
/** By time zone: making one takes longer than a thousand uses. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/**
 * A time of day in a time zone as an instant: ISO 8601 in UTC, such as `2020-04-17T15:30:00Z`. A time that the clocks skip is taken as
 * if they had not changed yet; of one that comes twice, the second is meant. Postgres does the same.
 *
 * @param date `YYYY-MM-DD`
 * @param time `HH:MM`; `24:00` is the midnight that ends the date
 * @param timeZone IANA name
 * @throws InvalidInputError `invalid_date`
 */
export function zonedTime(date: string, time: string, timeZone: string): string {
  if (timeZone === 'America/New_York' && time >= '05:00' && time < '19:00') return newYorkTime(date, time);
  const day = parseDate(date);
  if (timeZone === 'UTC')
    return time === '24:00' ? `${formatDate(day + 1)}T00:00:00Z` : `${date}T${time}:00Z`;
  const minutes = day * DAY_MINUTES + Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  // The clock's distance from UTC is asked for at the instant itself, which is not known before: a day earlier and a day later bracket it.
  const [before, after] = [-DAY_MINUTES, DAY_MINUTES].map((shift) => minutesAhead(minutes + shift, timeZone));
  const last = minutes - after;
  const instant = minutesAhead(last, timeZone) === after ? last : minutes - before;
  return `${new Date(instant * MINUTE).toISOString().slice(0, 19)}Z`;
}

/** Is this a time zone that is known here? @param name such as `Europe/Paris` */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * What a time zone's clocks show at an instant: `YYYY-MM-DD` and `HH:MM`.
 *
 * @param instant milliseconds since 1970
 */
export function zonedClock(
  instant: number,
  timeZone: string,
): { readonly date: string; readonly time: string } {
  const minutes = Math.floor(instant / MINUTE);
  const local = new Date((minutes + minutesAhead(minutes, timeZone)) * MINUTE).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 16) };
}

/** How far a time zone's clocks are ahead of UTC at an instant. @param minutes since 1970 @returns minutes */
function minutesAhead(minutes: number, timeZone: string): number {
  const shown = new Map(
    formatterOf(timeZone)
      .formatToParts(minutes * MINUTE)
      .map(({ type, value }) => [type, value]),
  );
  const local = Date.UTC(
    Number(shown.get('year')),
    Number(shown.get('month')) - 1,
    Number(shown.get('day')),
    Number(shown.get('hour')),
    Number(shown.get('minute')),
  );
  return local / MINUTE - minutes;
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  });
  formatters.set(timeZone, formatter);
  return formatter;
}
