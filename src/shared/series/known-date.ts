import { formatDate, parseDate } from '../calendars/civil-date.ts';
import { closingTime, isHalfDay } from '../calendars/sessions.ts';
import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import { halfSessionFrom } from './half-sessions.ts';
import type { Series } from './series.ts';

/** The last date whose session in another calendar has closed with the bar of a time. */
export function lastClosedDate(
  time: string,
  series: Pick<Series, 'timeframe' | 'calendar'>,
  other: TradingCalendar,
): string {
  const date = knownDate(time, series);
  const isOwn = date === time.slice(0, 10);
  if (!isOwn || other.name === series.calendar.name) return date;
  return closingTime(date, other) <= closingTime(date, series.calendar) ? date : dayBefore(date);
}

/** The last date whose sessions have closed with the bar of a time, in the calendar of its series. */
export function knownDate(
  time: string,
  { timeframe, calendar }: Pick<Series, 'timeframe' | 'calendar'>,
): string {
  const date = time.slice(0, 10);
  if (timeframe === '1D') return date;
  const isLastHalf = isHalfDay(date, calendar) || halfSessionFrom(time, calendar)?.position === 'second';
  const endsSession = timeframe === '4h' && isLastHalf;
  return endsSession ? date : dayBefore(date);
}

const dayBefore = (date: string) => formatDate(parseDate(date) - 1);
