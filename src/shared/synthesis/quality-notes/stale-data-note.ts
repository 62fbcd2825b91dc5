import { sessionsSince } from '../../calendars/missing-sessions.ts';
import type { Series } from '../../series/series.ts';
import type { QualityNote } from './quality-note.ts';

/**
 * `stale_data` when the target was over before the forecast was made: newer bars should have been there. `sessions` counts the
 * sessions after the last bar's that had closed, by the series' calendar.
 *
 * @param target when the horizon ends, ISO 8601 in UTC
 * @param now the clock, ISO 8601 in UTC
 */
export function staleDataNote({ times, calendar }: Series, target: string, now: string): QualityNote | null {
  const time = Date.parse(now);
  if (Date.parse(target) > time) return null;
  const cutoff = times[times.length - 1];
  const sessions = sessionsSince(cutoff, now, calendar);
  const since =
    sessions === 0
      ? ''
      : `, and ${sessions} ${sessions === 1 ? 'session has' : 'sessions have'} closed since`;
  return {
    code: 'stale_data',
    sentence: `The target was over when the forecast was made: the last bar is of ${cutoff.slice(0, 10)}${since}.`,
    figures: { cutoff, target, sessions },
  };
}
