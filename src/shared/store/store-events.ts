import { parse } from '../contracts/parse.ts';
import { type StoredEvents, storedEventsSchema } from '../contracts/scheduled-events.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { SymbolEvent } from '../series/scheduled-event.ts';
import { counted } from '../wording/counted.ts';
import { firstOf } from '../wording/first-of.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** Events of a message that are named at most. */
const NAMED = 5;

/**
 * Stores events, all or none.
 *
 * @param replace whether dates after today that are not named are deleted, of the symbols and kinds that are
 * @returns what was done, and what a person should know, a sentence each
 * @throws InvalidInputError `no_events`; StoreError `unknown_symbol`, and what the table refuses
 */
export async function storeEvents(
  client: PlumblineClient,
  events: readonly SymbolEvent[],
  replace: boolean,
): Promise<{ readonly stored: StoredEvents; readonly notes: readonly string[] }> {
  if (events.length === 0)
    throw new InvalidInputError('no_events', 'There are no events of the symbols that are asked for');
  const answer = await client.rpc('store_scheduled_events', {
    p_events: events.map(({ symbol, date, kind, time, knownAt, source }) => ({
      ...{ symbol, event_date: date, kind, time_of_day: time, known_at: knownAt, source },
    })),
    p_replace: replace,
  });
  const stored = parse(storedEventsSchema, unwrap(answer), 'What was stored');
  return { stored, notes: notesOn(stored) };
}

function notesOn({ deleted, not_named: notNamed, superseded }: StoredEvents): string[] {
  const which = firstOf(superseded, NAMED);
  if (deleted > 0)
    return [`${counted(deleted, 'event')} to come that the upload does not name: deleted (${which}).`];
  if (notNamed > 0) {
    return [
      `${counted(notNamed, 'event')} to come that the upload does not name: still stored (${which}). ` +
        'If they were moved, upload again and replace.',
    ];
  }
  return [];
}
