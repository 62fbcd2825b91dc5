import { parseDate, weekday } from '../../calendars/civil-date.ts';
import { isHalfDay, nextSession } from '../../calendars/sessions.ts';
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
  // The session after a bar's next one is mostly that after the next bar: each is looked for once.
  const sessionsAfter = new Map<string, string>();
  const sessionAfter = (date: string) => {
    let session = sessionsAfter.get(date);
    if (session === undefined) {
      session = nextSession(date, calendar);
      sessionsAfter.set(date, session);
    }
    return session;
  };
  return times.map((time) => {
    const date = time.slice(0, 10);
    const morning = timeframe === '4h' && Number(time.slice(11, 13)) < AFTERNOON_HOUR;
    const next = morning ? date : sessionAfter(date);
    const nextDay = parseDate(next);
    return {
      weekday: weekday(nextDay),
      days: nextDay - parseDate(date),
      halfDay: isHalfDay(next, calendar) ? 1 : 0,
      afternoon: morning ? 1 : 0,
      monthEnd: monthOf(sessionAfter(next)) === monthOf(next) ? 0 : 1,
      monthStart: !morning && monthOf(next) !== monthOf(date) ? 1 : 0,
    };
  });
}

const monthOf = (date: string) => date.slice(0, 7);
