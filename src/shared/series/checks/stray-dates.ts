import { formatDate } from '../../calendars/civil-date.ts';
import type { TradingCalendar } from '../../calendars/trading-calendar.ts';
import { firstOf } from '../../wording/first-of.ts';
import type { DataNote } from '../data-finding.ts';
import type { SessionDates } from './session-dates.ts';

/** Dates that a note names at most. */
const NAMED = 5;

/** A few bars on dates without a session. */
export function strayDates(
  symbol: string,
  { days, off }: SessionDates,
  { name }: TradingCalendar,
): DataNote[] {
  if (off.length === 0) return [];
  const named = off.map(formatDate);
  return [
    {
      severity: 'note',
      code: 'off_calendar',
      message: `${off.length} of the ${days.length} dates of ${symbol} ${off.length === 1 ? 'is' : 'are'} no session of the calendar ${name}: ${firstOf(named, NAMED)}`,
      details: { bars: off.length, calendar: name, first: named.slice(0, NAMED) },
    },
  ];
}
