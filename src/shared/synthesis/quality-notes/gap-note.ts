import { missingSessions } from '../../calendars/missing-sessions.ts';
import type { Series } from '../../series/series.ts';
import type { QualityNote } from './quality-note.ts';

/** Bars among which missing sessions are looked for; fewer if there are no more. */
const RECENT_BARS = 250;
/** Dates that a note names at most. */
const NAMED_SESSIONS = 5;

/** `gap` when sessions of the series' calendar are missing among its last 250 bars. */
export function gapNote({ times, calendar }: Series): QualityNote | null {
  const from = Math.max(0, times.length - RECENT_BARS);
  const missing = missingSessions(times.slice(from), calendar);
  if (missing.length === 0) return null;
  const named = missing.slice(0, NAMED_SESSIONS);
  return {
    code: 'gap',
    sentence: `${missing.length} ${missing.length === 1 ? 'session is' : 'sessions are'} missing among the last ${times.length - from} bars: ${named.join(', ')}${missing.length > named.length ? ` and ${missing.length - named.length} more` : ''}.`,
    figures: { missing: missing.length, sessions: named, bars: times.length - from },
  };
}
