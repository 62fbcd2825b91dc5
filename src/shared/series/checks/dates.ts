import type { TradingCalendar } from '../../calendars/trading-calendar.ts';
import type { DataFinding } from '../data-finding.ts';
import type { BarColumns } from '../series.ts';
import { gaps } from './gaps.ts';
import { wrongHalfSessions } from './half-sessions.ts';
import { otherCalendar } from './other-calendar.ts';
import { sessionDates } from './session-dates.ts';
import { shiftedDates } from './shifted-dates.ts';
import { sparseBars } from './sparse-bars.ts';
import { strayDates } from './stray-dates.ts';

/**
 * Holds the dates of bars against a calendar, as far as it knows them: what is refused is told by the first rule that names it, and a
 * stray bar is noted without keeping the others from being looked at.
 *
 * @param known the calendars that a refusal may name
 * @param isPart whether they are some of a series
 */
export function wrongDates(
  bars: BarColumns,
  calendar: TradingCalendar,
  known: readonly TradingCalendar[],
  isPart: boolean,
): readonly DataFinding[] {
  const { symbol, timeframe, times } = bars;
  const dates = sessionDates(times, calendar);
  const rules =
    timeframe === '1D'
      ? [
          () => sparseBars(symbol, dates, calendar),
          () => shiftedDates(symbol, dates, calendar),
          () => otherCalendar(bars, dates, calendar, known),
        ]
      : [() => wrongHalfSessions(bars, calendar)];
  for (const rule of rules) {
    const refused = rule();
    if (refused.length > 0) return refused;
  }
  return [...gaps(symbol, dates, isPart), ...strayDates(symbol, dates, calendar)];
}
