import { datesOffCalendar, missingSessions } from '../../calendars/missing-sessions.ts';
import type { TradingCalendar } from '../../calendars/trading-calendar.ts';
import type { DataFinding } from '../data-finding.ts';
import type { BarColumns } from '../series.ts';

/** Share of the span's sessions above which the bars are not daily ones, or of no use as such. */
const LARGEST_GAP_SHARE = 0.5;
/** Sessions that a finding names at most. */
const NAMED = 5;

/** Sessions of the calendar without a bar: few are told, more than half are refused. */
export function gaps({ symbol, times }: BarColumns, calendar: TradingCalendar): DataFinding[] {
  if (datesOffCalendar(times, calendar).length > 0) return [];
  const missing = missingSessions(times, calendar);
  if (missing.length === 0) return [];
  const sessions = new Set(times.map((time) => time.slice(0, 10))).size + missing.length;
  const named = missing.slice(0, NAMED);
  const details = { missing: missing.length, sessions, first: named };
  const message = `${missing.length} of the ${sessions} sessions from ${times[0].slice(0, 10)} to ${times[times.length - 1].slice(0, 10)} are missing in ${symbol}: ${named.join(', ')}${missing.length > named.length ? ', ...' : ''}`;
  return missing.length > LARGEST_GAP_SHARE * sessions
    ? [{ severity: 'refuse', code: 'too_many_gaps', message, details }]
    : [{ severity: 'note', code: 'gap', message, details }];
}
