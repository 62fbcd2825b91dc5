import { sessionsPerYear } from '../calendars/sessions-per-year.ts';
import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import type { Horizon } from '../series/horizon.ts';

/** Bars of a horizon's timeframe in a session. */
const PER_SESSION: Readonly<Record<Horizon, number>> = { '1D': 1, '4h': 2, '8h': 1 };

/** How many horizons, one after the other, a year of a calendar has. */
export function horizonsPerYear(horizon: Horizon, calendar: TradingCalendar): number {
  return PER_SESSION[horizon] * sessionsPerYear(calendar);
}
