import { nextSession, sessionClose } from '../../series/trading-calendar.ts';
import type { QualityNote } from './quality-note.ts';

/**
 * `stale_data` when the target was over before the forecast was made: newer bars should have been there. `sessions` counts the
 * sessions of New York after the cutoff's that had closed.
 *
 * @param cutoff time of the last bar
 * @param target when the horizon ends, ISO 8601 in UTC
 * @param now the clock, ISO 8601 in UTC
 */
export function staleDataNote(cutoff: string, target: string, now: string): QualityNote | null {
  const time = Date.parse(now);
  if (Date.parse(target) > time) return null;
  let sessions = 0;
  let date = nextSession(cutoff.slice(0, 10));
  while (Date.parse(sessionClose(date)) <= time) {
    sessions++;
    date = nextSession(date);
  }
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
