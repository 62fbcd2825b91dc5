import { dateOf, formatDate, parseDate } from '../../calendars/civil-date.ts';
import { zonedTime } from '../../calendars/zoned-time.ts';
import { instantOf, readWrittenDate } from '../date-notation.ts';

/** What `known_at` is to be, for messages. */
export const KNOWN_AT_RULE =
  'known_at is an instant such as 2026-07-01T20:15:00Z, or a date YYYY-MM-DD, by whose end in UTC it was known, or empty';

/**
 * Since when an event is known, from how a file writes it: ISO 8601 in UTC. Of a date it is the midnight in UTC that
 * ends it. Null for nothing; undefined for what is neither.
 */
export function readKnownAt(text: string): string | null | undefined {
  if (text === '') return null;
  const written = readWrittenDate(text);
  if (written?.notation !== 'year_first') return undefined;
  const { numbers, time, zone } = written;
  const date = dateOf(numbers[0], numbers[1], numbers[2]);
  if (date === undefined) return undefined;
  if (time === '') return zone === '' ? `${formatDate(parseDate(date) + 1)}T00:00:00Z` : undefined;
  const instant = instantOf(date, written);
  if (instant === undefined) return undefined;
  // To the second, and never earlier than it was.
  const rest = /\.\d*[1-9]/.test(time) ? 1000 : 0;
  return `${new Date(instant + rest).toISOString().slice(0, 19)}Z`;
}

/**
 * Is an event known only after the day on which it comes? That is no event that was scheduled.
 *
 * Twin: the constraint `scheduled_events_known_by_their_date`, compared in test/database/scheduled-events.test.ts.
 */
export function isKnownAfter(date: string, knownAt: string): boolean {
  return Date.parse(knownAt) > Date.parse(zonedTime(date, '24:00', 'America/New_York'));
}
