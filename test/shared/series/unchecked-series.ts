import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../../../src/shared/calendars/trading-calendar.ts';
import type { BarColumns, Series } from '../../../src/shared/series/series.ts';

/**
 * Bars of a test as a series, past the gate: simulated ones with a session every day, or damaged ones that show what a model does with
 * them.
 */
export function uncheckedSeries(bars: BarColumns, calendar: TradingCalendar = NEW_YORK): Series {
  return { ...bars, calendar } as unknown as Series;
}
