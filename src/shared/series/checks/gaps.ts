import { formatDate } from '../../calendars/civil-date.ts';
import { firstOf } from '../../wording/first-of.ts';
import type { DataFinding } from '../data-finding.ts';
import type { SessionDates } from './session-dates.ts';

/** Share of the span's sessions above which the bars are not daily ones, or of no use as such. */
const LARGEST_GAP_SHARE = 0.5;
/** Sessions that a finding names at most. */
const NAMED = 5;

/** Sessions of the calendar without a bar: few are told, more than half are refused. @param isPart nothing is refused then */
export function gaps(symbol: string, { days, off, missing }: SessionDates, isPart: boolean): DataFinding[] {
  if (missing.length === 0) return [];
  const sessions = days.length - off.length + missing.length;
  const named = missing.map(formatDate);
  const message = `${missing.length} of the ${sessions} sessions from ${formatDate(days[0])} to ${formatDate(days[days.length - 1])} are missing in ${symbol}: ${firstOf(named, NAMED)}`;
  const details = { missing: missing.length, sessions, first: named.slice(0, NAMED) };
  return missing.length > LARGEST_GAP_SHARE * sessions && !isPart
    ? [{ severity: 'refuse', code: 'too_many_gaps', message, details }]
    : [{ severity: 'note', code: 'gap', message, details }];
}
