import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { type SecFiler, secEarnings } from '../../shared/market-data/sec-filings/sec-earnings.ts';
import type { SymbolEvent } from '../../shared/series/scheduled-event.ts';
import type { PlumblineClient } from '../../shared/store/client.ts';
import { storeEvents } from '../../shared/store/store-events.ts';
import { unwrap } from '../../shared/store/unwrap.ts';
import { counted } from '../../shared/wording/counted.ts';
import { readEventFile } from '../event-file.ts';
import { providerHost } from '../provider-host.ts';
import { textTable } from '../text-table.ts';

/** What `plumbline events` was asked to do. */
export interface EventsOptions {
  /** Only these symbols of a file. Default: all. */
  readonly symbols?: readonly string[];
  readonly replace: boolean;
  /** The symbol whose events are listed. */
  readonly list?: string;
  /** Whose history is fetched from the SEC. */
  readonly fromSec?: readonly SecFiler[];
  /** Who asks the SEC: a name and an address. */
  readonly contact?: string;
}

/** What a command shows: JSON with `--json`, else the text. */
interface Shown {
  readonly document: unknown;
  readonly text: string;
}

/** Rows that one answer of the Data API holds at most. */
const LISTED = 1_000;

/**
 * `plumbline events FILE.csv`: stores the scheduled events of a file. `--from-sec SYMBOL=CIK`: stores those that the
 * SEC's filings tell. `--list SYMBOL`: shows those of a symbol.
 *
 * @throws InvalidInputError `invalid_argument` unless exactly one is asked for, `unreadable_file`, as
 *   `parseCsvEvents` with the file's name; ProviderError what the SEC's answers; StoreError what
 *   `store_scheduled_events` refuses
 */
export async function events(
  store: PlumblineClient,
  operands: readonly string[],
  { symbols, replace, list, fromSec, contact }: EventsOptions,
): Promise<Shown> {
  const [path] = operands;
  if ([path, list, fromSec].filter((one) => one !== undefined).length !== 1) {
    throw new InvalidInputError(
      'invalid_argument',
      'One of three is needed: FILE.csv, --from-sec SYMBOL=CIK and --list SYMBOL',
    );
  }
  if (list !== undefined) return await listEvents(store, list);
  if (fromSec === undefined) return await storeFile(store, path, symbols, replace);
  if (contact === undefined) {
    throw new InvalidInputError(
      'invalid_argument',
      'The SEC wants to know who asks: add --contact "NAME ADDRESS", such as "Ada Lovelace ada@example.com"',
    );
  }
  const found = await secEarnings(fromSec, contact, providerHost);
  return await storeAndTell(store, found.events, replace, "read from the SEC's filings", {
    notes: found.notes,
  });
}

async function storeFile(
  store: PlumblineClient,
  path: string,
  symbols: readonly string[] | undefined,
  replace: boolean,
): Promise<Shown> {
  const { events, reading } = readEventFile(path, symbols);
  const { readAs, leftOut } = reading;
  const notes = leftOut === 0 ? [] : [`${counted(leftOut, 'row')} of other symbols left out.`];
  return await storeAndTell(store, events, replace, `read as ${readAs}`, {
    read_as: readAs,
    left_out: leftOut,
    notes,
  });
}

/** @param document beside what was stored, with notes that come before those on it */
async function storeAndTell(
  store: PlumblineClient,
  events: readonly SymbolEvent[],
  replace: boolean,
  origin: string,
  document: { readonly notes: readonly string[]; readonly [key: string]: unknown },
): Promise<Shown> {
  const { stored, notes } = await storeEvents(store, events, replace);
  const { given, inserted, changed, unchanged } = stored;
  const symbols = new Set(events.map(({ symbol }) => symbol)).size;
  const all = [...document.notes, ...notes];
  const counts = `${inserted} new, ${changed} changed, ${unchanged} as they were`;
  return {
    document: { ...stored, ...document, notes: all },
    text: [`${counted(given, 'event')} of ${counted(symbols, 'symbol')}: ${counts}; ${origin}`, ...all].join(
      '\n',
    ),
  };
}

async function listEvents(store: PlumblineClient, symbol: string): Promise<Shown> {
  const answer = await store
    .from('scheduled_events')
    .select('event_date, kind, time_of_day, known_at, source')
    .eq('symbol', symbol)
    .order('event_date', { ascending: false })
    .order('kind')
    .limit(LISTED);
  const rows = unwrap(answer);
  if (rows.length === 0)
    return { document: { symbol, events: [] }, text: `No events of ${symbol} are stored` };
  return {
    document: { symbol, events: rows },
    text: textTable(
      ['date', 'kind', 'time', 'known at', 'source'],
      rows.map((row) => [
        row.event_date,
        row.kind,
        row.time_of_day ?? '',
        row.known_at === null ? 'the session before' : `${row.known_at.slice(0, 19)}Z`,
        row.source ?? '',
      ]),
    ),
  };
}
