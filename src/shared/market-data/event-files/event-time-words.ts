import type { EventTime } from '../../series/scheduled-event.ts';

/** In lower case, letters alone. */
const WORDS: Readonly<Record<EventTime | 'unknown', readonly string[]>> = {
  before: [
    ...['before', 'bmo', 'pre', 'premarket', 'beforemarket', 'beforeopen', 'beforemarketopen'],
    ...['beforetheopen', 'timepremarket'],
  ],
  after: [
    ...['after', 'amc', 'post', 'postmarket', 'aftermarket', 'afterclose', 'aftermarketclose'],
    ...['aftertheclose', 'afterhours', 'timeafterhours'],
  ],
  // What comes within the session is neither.
  unknown: [
    ...['', 'unknown', 'na', 'nan', 'null', 'none', 'tns', 'tas', 'timenotsupplied'],
    ...['dmh', 'during', 'duringmarkethours', 'duringmarket'],
  ],
};

/** What the time of day of an event is to be, for messages. */
export const EVENT_TIME_RULE =
  'the time of an event is before (bmo, pre), after (amc, post), or empty where it is not known';

/**
 * When on its date an event comes, as sources write it; null for unknown, undefined for what says nothing known here.
 */
export function readEventTime(text: string): EventTime | null | undefined {
  // A clock is not asked for its zone.
  if (/\d/.test(text)) return undefined;
  const word = text.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (WORDS.before.includes(word)) return 'before';
  if (WORDS.after.includes(word)) return 'after';
  return WORDS.unknown.includes(word) ? null : undefined;
}
