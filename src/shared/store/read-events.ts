import { parse } from '../contracts/parse.ts';
import { scheduledEventsSchema } from '../contracts/scheduled-events.ts';
import type { EventSpan } from '../jobs/events-beside.ts';
import type { ScheduledEvent } from '../series/scheduled-event.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** The events of symbols within a span, by symbol; a symbol without any is left out. @throws StoreError */
export async function readEvents(
  client: PlumblineClient,
  symbols: readonly string[],
  { from, until, knownBy }: EventSpan,
): Promise<ReadonlyMap<string, readonly ScheduledEvent[]>> {
  const events = unwrap(
    await client.rpc('read_scheduled_events', {
      ...{ p_symbols: [...symbols], p_from: from, p_until: until, p_known_by: knownBy },
    }),
  );
  return new Map(Object.entries(parse(scheduledEventsSchema, events, 'The list of scheduled events')));
}
