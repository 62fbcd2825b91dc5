import type { ReadEvents } from '../shared/market-data/event-files/event-reading.ts';
import { parseCsvEvents } from '../shared/market-data/parse-csv-events.ts';
import type { SymbolEvent } from '../shared/series/scheduled-event.ts';
import type { PlumblineClient } from '../shared/store/client.ts';
import { storeEvents } from '../shared/store/store-events.ts';
import { counted } from '../shared/wording/counted.ts';
import { namingFile } from './naming-file.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * The scheduled events of a file.
 *
 * @param symbols only these; rows of others are not looked at. Default: all
 * @throws InvalidInputError what `parseCsvEvents` throws, naming the file; `unreadable_file`
 */
export function readEventFile(path: string, symbols?: readonly string[]): ReadEvents {
  return namingFile(path, () => parseCsvEvents(readTextFile(path), { symbols }));
}

/**
 * Stores the events of symbols that are stored, before their forecasts are planned.
 *
 * @param tell gets lines for people
 * @throws StoreError what `store_scheduled_events` refuses
 */
export async function storeEventsOf(
  symbols: readonly string[],
  events: readonly SymbolEvent[],
  store: PlumblineClient,
  tell: (line: string) => void,
): Promise<void> {
  const own = events.filter(({ symbol }) => symbols.includes(symbol));
  if (own.length === 0) return;
  const { stored, notes } = await storeEvents(store, own, false);
  tell(`Scheduled events: ${counted(own.length, 'event')}, ${stored.inserted} of them new`);
  for (const note of notes) tell(note);
}
