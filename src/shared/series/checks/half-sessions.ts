import type { TradingCalendar } from '../../calendars/trading-calendar.ts';
import type { DataRefusal } from '../data-finding.ts';
import { halfSessionFrom, halfSessionRule } from '../half-sessions.ts';
import type { BarColumns } from '../series.ts';

/** Bars of 4h or 8h that start when no half session does, or of a market that has none here. */
export function wrongHalfSessions(
  { symbol, timeframe, times }: BarColumns,
  calendar: TradingCalendar,
): DataRefusal[] {
  if (calendar.rule !== 'new_york') {
    return [
      {
        severity: 'refuse',
        code: 'half_sessions_are_new_yorks',
        message: `${symbol} has the calendar ${calendar.name}, and bars of ${timeframe} are half sessions of XNYS: give bars of 1D`,
        details: { symbol, calendar: calendar.name, timeframe },
      },
    ];
  }
  const wrong = times.filter((time) => halfSessionFrom(time) === undefined);
  if (wrong.length === 0) return [];
  return [
    {
      severity: 'refuse',
      code: 'not_a_half_session',
      message: `${symbol}: ${wrong.length} of ${times.length} bars start when no half session does, the first ${wrong[0]}: ${halfSessionRule(wrong[0])}`,
      details: { time: wrong[0], bars: wrong.length },
    },
  ];
}
