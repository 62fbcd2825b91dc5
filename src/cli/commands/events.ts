import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { parseCsvEvents } from '../../shared/market-data/parse-csv-events.ts';
import type { PlumblineClient } from '../../shared/store/client.ts';
import { storeEvents } from '../../shared/store/store-events.ts';
import { unwrap } from '../../shared/store/unwrap.ts';
import { counted } from '../../shared/wording/counted.ts';
import { readTextFile } from '../read-text-file.ts';
import { textTable } from '../text-table.ts';

/** What `plumbline events` was asked to do. */
export interface EventsOptions {
  /** Only these symbols of a file. Default: all. */
  readonly symbols?: readonly string[];
  readonly replace: boolean;
  /** The symbol whose events are listed. */
  readonly list?: string;
}

/** What a command shows: JSON with `--json`, else the text. */
interface Shown {
  readonly document: unknown;
  readonly text: string;
}

/** Rows that one answer of the Data API holds at most. */
const LISTED = 1_000;

/**
 * `plumbline events FILE.csv`: stores the scheduled events of a file. `plumbline events --list SYMBOL`: shows those of a symbol.
 *
 * @throws InvalidInputError `invalid_argument` unless exactly one is asked for, `unreadable_file`, as `parseCsvEvents` with the file's name;
 *   StoreError what `store_scheduled_events` refuses
 */
export async function events(
  store: PlumblineClient,
  operands: readonly string[],
  options: EventsOptions,
): Promise<Shown> {
  const [path] = operands;
  if ((path === undefined) === (options.list === undefined)) {
    throw new InvalidInputError(
      'invalid_argument',
      'events needs FILE.csv to store, or --list SYMBOL, and not both',
    );
  }
  return path === undefined ? await list(store, options.list!) : await storeFile(store, path, options);
}

async function storeFile(
  store: PlumblineClient,
  path: string,
  { symbols, replace }: EventsOptions,
): Promise<Shown> {
  const { events, reading } = readFile(path, symbols);
  const { stored, notes } = await storeEvents(store, events, replace);
  const { inserted, changed, unchanged } = stored;
  const known = new Set(events.map(({ symbol }) => symbol)).size;
  return {
    document: { ...stored, read_as: reading.readAs, left_out: reading.leftOut, notes },
    text: [
      `${counted(stored.given, 'event')} of ${counted(known, 'symbol')}: ${inserted} new, ${changed} changed, ${unchanged} as they were; ` +
        `read as ${reading.readAs}`,
      ...(reading.leftOut === 0 ? [] : [`${counted(reading.leftOut, 'row')} of other symbols left out`]),
      ...notes,
    ].join('\n'),
  };
}

function readFile(path: string, symbols: readonly string[] | undefined) {
  const text = readTextFile(path);
  try {
    return parseCsvEvents(text, { symbols });
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(error.code, `${path}: ${error.message}`, error.details);
  }
}

async function list(store: PlumblineClient, symbol: string): Promise<Shown> {
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
