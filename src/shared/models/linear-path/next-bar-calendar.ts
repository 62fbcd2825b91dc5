import { parseDate, weekday } from '../../calendars/civil-date.ts';
import { isHalfDay, nextSession } from '../../calendars/sessions.ts';
import type { TradingCalendar } from '../../calendars/trading-calendar.ts';
import type { Series } from '../../series/series.ts';

/**
 * First hour, in UTC, that no morning's bar starts in: mornings start at 13:30 or 14:30, afternoons at 17:30 or
 * 18:30.
 */
const AFTERNOON_HOUR = 16;

/** What is known at a bar of the bar after it, from the series' calendar alone. */
export interface NextBarCalendar {
  /** Day of the week of the next bar: 0 for Sunday to 6 for Saturday. */
  readonly weekday: number;
  /**
   * Calendar days to the next bar: 1, 3 over a weekend on which there is no session, more over holidays; 0 to the
   * same session's afternoon.
   */
  readonly days: number;
  /** 1 when the next bar's session closes early. */
  readonly halfDay: number;
  /** 1 when the next bar is the second half of a session; always 0 for daily bars. */
  readonly afternoon: number;
  /** 1 when the next bar's session is the last of its month. */
  readonly monthEnd: number;
  /** 1 when the next bar's session is the first of its month. */
  readonly monthStart: number;
}

/**
 * The calendar of the bar that follows each bar of `series`: its calendar's next session, whatever bar the series has
 * next.
 *
 * @throws InvalidInputError `invalid_date` when a bar's time does not begin with a date
 */
export function nextBarCalendars({ times, timeframe, calendar }: Series): NextBarCalendar[] {
  const dates = datesOf(calendar);
  return times.map((time) => {
    const date = dates(time.slice(0, 10));
    const morning = timeframe === '4h' && Number(time.slice(11, 13)) < AFTERNOON_HOUR;
    const next = morning ? date : dates(date.next);
    return {
      weekday: weekday(next.day),
      days: next.day - date.day,
      halfDay: next.halfDay,
      afternoon: morning ? 1 : 0,
      monthEnd: monthOf(next.next) === monthOf(next.date) ? 0 : 1,
      monthStart: !morning && monthOf(next.date) !== monthOf(date.date) ? 1 : 0,
    };
  });
}

/** A date in a calendar. */
interface CalendarDate {
  readonly date: string;
  /** Days since 1970. */
  readonly day: number;
  readonly halfDay: number;
  /** The first session after it. */
  readonly next: string;
}

/** What was looked up of each calendar: the same dates are asked for at every fit and forecast, and cost most of a path. */
const known = new WeakMap<TradingCalendar, Map<string, CalendarDate>>();

function datesOf(calendar: TradingCalendar): (date: string) => CalendarDate {
  const found = known.get(calendar) ?? new Map<string, CalendarDate>();
  known.set(calendar, found);
  return (date) => {
    let one = found.get(date);
    if (one === undefined) {
      const halfDay = isHalfDay(date, calendar) ? 1 : 0;
      one = { date, day: parseDate(date), halfDay, next: nextSession(date, calendar) };
      found.set(date, one);
    }
    return one;
  };
}

const monthOf = (date: string) => date.slice(0, 7);
