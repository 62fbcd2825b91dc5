import { closingTime } from '../calendars/sessions.ts';
import { halfSessionFrom } from './half-sessions.ts';
import type { Series } from './series.ts';

/** When a bar of a series has closed, ISO 8601 in UTC: a forecast from it knows what was known by then. */
export function barClose(
  { timeframe, times, calendar }: Pick<Series, 'timeframe' | 'times' | 'calendar'>,
  bar: number,
): string {
  const time = times[bar];
  if (timeframe === '1D') return closingTime(time, calendar);
  return (halfSessionFrom(time, calendar) ?? halfSessionFrom(time))?.end ?? time;
}
