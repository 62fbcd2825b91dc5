import { missingSessions } from '../../series/missing-bars.ts';
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
  const missing = missingSessions(times.slice(from));
  if (missing === null || missing.length === 0) return null;
  const named = missing.slice(0, NAMED_SESSIONS);
  return {
    code: 'gap',
    sentence: `${missing.length} ${missing.length === 1 ? 'session is' : 'sessions are'} missing among the last ${times.length - from} bars: ${named.join(', ')}${missing.length > named.length ? ', ...' : ''}.`,
    figures: { missing: missing.length, sessions: named, bars: times.length - from },
  };
}
