import { NEW_YORK } from '../../calendars/built-in-calendars.ts';
import { datesOffCalendar, missingSessions } from '../../calendars/missing-sessions.ts';
import type { Series } from '../../series/series.ts';
import type { QualityNote } from './quality-note.ts';

/** Bars among which missing sessions are looked for; fewer if there are no more. */
const RECENT_BARS = 250;
/** Dates that a note names at most. */
const NAMED_SESSIONS = 5;

/**
 * `gap` when sessions of New York are missing among the last 250 bars. A series with a bar on another day is of another market,
 * whose calendar is not known here: of that nothing is said.
 */
export function gapNote({ times }: Series): QualityNote | null {
  const from = Math.max(0, times.length - RECENT_BARS);
  const recent = times.slice(from);
  if (datesOffCalendar(recent, NEW_YORK).length > 0) return null;
  const missing = missingSessions(recent, NEW_YORK);
  if (missing.length === 0) return null;
  const named = missing.slice(0, NAMED_SESSIONS);
  return {
    code: 'gap',
    sentence: `${missing.length} ${missing.length === 1 ? 'session is' : 'sessions are'} missing among the last ${times.length - from} bars: ${named.join(', ')}${missing.length > named.length ? ` and ${missing.length - named.length} more` : ''}.`,
    figures: { missing: missing.length, sessions: named, bars: times.length - from },
  };
}
