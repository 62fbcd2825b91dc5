import { NEW_YORK } from '../calendars/built-in-calendars.ts';
import { symbolSchema } from '../contracts/names.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { SymbolEvent } from '../series/scheduled-event.ts';
import { type CsvRow, readCsvTable } from './csv-table.ts';
import { describeEventColumns, type EventPlaces, eventColumns } from './event-files/event-columns.ts';
import type { EventReadingOptions, ReadEvents } from './event-files/event-reading.ts';
import { EVENT_TIME_RULE, readEventTime } from './event-files/event-time-words.ts';
import { isKnownAfter, KNOWN_AT_RULE, readKnownAt } from './event-files/known-at.ts';
import { sessionTimeOf, writtenMoment } from './event-files/session-time.ts';
import { FileFaults } from './file-faults.ts';
import { readTimes, type TimedRow } from './read-times.ts';

/** The most events one file may hold: 20 years of earnings of 125 symbols. */
export const MAXIMUM_EVENTS_PER_FILE = 10_000;
/** What an event is where a file does not say it. */
const USUAL_KIND = 'earnings';

/**
 * Reads scheduled events of any number of symbols from the text of a file: `symbol,date` and, where they are there,
 * `kind`, `time`, `known_at` and `source`, in any order and by the names that sources give them. Dates are read as
 * `parseCsvBars` reads them; an instant with its zone is a date and a time of day in New York. A kind that is left
 * out is `earnings`. Nothing is repaired: all faults are told at once, by line and date.
 *
 * Order of the rows does not matter, and a date without a session is taken: the next session has the event.
 *
 * @throws InvalidInputError with a code of {@link FAULTS_OF_EVENT_LINES}, or of the file as a whole: docs/data.md has
 *   them
 */
export function parseCsvEvents(text: string, { symbols }: EventReadingOptions = {}): ReadEvents {
  const { header, rows: all } = readCsvTable(text);
  const only = symbols?.length === 1 ? symbols[0] : undefined;
  const places = eventColumns(header, only === undefined);
  if (all.length === 0)
    throw new InvalidInputError('no_events', 'The file has a header and no events below it');
  const symbolOf = ({ fields }: CsvRow) =>
    places.symbol === undefined ? only! : (fields[places.symbol] ?? '').toUpperCase();
  const isWanted = (row: CsvRow) => symbols === undefined || symbols.includes(symbolOf(row));
  const rows = all.filter(isWanted);
  if (rows.length > MAXIMUM_EVENTS_PER_FILE) {
    throw new InvalidInputError(
      'too_many_events',
      `The file has ${rows.length} events; at most ${MAXIMUM_EVENTS_PER_FILE} are taken at once`,
    );
  }

  const faults = new FileFaults();
  const torn = rows.filter(({ fields }) => fields.length > header.length);
  for (const { line, fields } of torn) {
    const what = `it has ${fields.length} fields, and the header ${header.length}`;
    faults.add({ line, code: 'malformed_csv', what, rule: 'a field with a comma stands in quotes' });
  }
  const whole = rows.filter((row) => !torn.includes(row));
  const dates = { timeframe: '1D', calendar: NEW_YORK } as const;
  const timed = readTimes(whole, { date: places.date }, undefined, dates, faults).rows;
  const events = timed.map((row) => readEvent(row, symbolOf(row), places, faults));
  findDuplicates(events, timed, faults);
  faults.refuse();
  return {
    events,
    reading: {
      readAs: describeEventColumns(header, places),
      leftOut: all.length - rows.length,
      leftOutSymbols: [...new Set(all.filter((row) => !isWanted(row)).map(symbolOf))].sort(),
    },
  };
}

function readEvent(row: TimedRow, symbol: string, places: EventPlaces, faults: FileFaults): SymbolEvent {
  const { line, fields } = row;
  const field = (place: number | undefined) => (place === undefined ? '' : (fields[place] ?? ''));
  const fault = (code: Parameters<FileFaults['add']>[0]['code'], what: string, rule: string) =>
    faults.add({ line, date: row.time, code, what, rule });
  const isInstant = /[1-9]/.test(row.clock) || /^-?\d{9}/.test(field(places.date));
  const moment = isInstant ? writtenMoment(row.time, field(places.date)) : undefined;
  if (isInstant && moment === undefined) {
    const rule =
      'an event has a date, or an instant with its zone; before or after is written in a column time';
    fault('invalid_date', `"${field(places.date)}" is neither`, rule);
  }
  const date = moment?.date ?? row.time;

  if (!symbolSchema.safeParse(symbol).success)
    fault('invalid_symbol', `"${symbol}" is no symbol`, 'a symbol is 1 to 16 of A-Z, 0-9, ".", "_" and "-"');
  const kind =
    field(places.kind)
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_') || USUAL_KIND;
  if (!/^[a-z][a-z0-9_]{0,31}$/.test(kind)) {
    const rule = 'a kind is a word of 1 to 32 of a-z, 0-9 and "_", or empty for earnings';
    fault('invalid_kind', `kind is "${field(places.kind)}"`, rule);
  }
  const time = readEventTime(field(places.time));
  if (time === undefined) fault('invalid_event_time', `time is "${field(places.time)}"`, EVENT_TIME_RULE);
  const knownAt = readKnownAt(field(places.knownAt));
  if (knownAt === undefined) {
    fault('invalid_known_at', `known_at is "${field(places.knownAt)}"`, KNOWN_AT_RULE);
  } else if (knownAt !== null && isKnownAfter(date, knownAt)) {
    const rule =
      'an event is known by the end of its date; leave known_at empty for history of which nobody wrote it down';
    fault('known_after_event', `known_at ${field(places.knownAt)} lies after the event`, rule);
  }
  const source = field(places.source) || null;
  if (source !== null && source.length > 100)
    fault('invalid_source', `source has ${source.length} characters`, 'a source has at most 100');
  const ofMoment = moment === undefined ? null : sessionTimeOf(moment);
  return { symbol, date, kind, time: time ?? ofMoment, knownAt: knownAt ?? null, source };
}

/** @param rows those of the events */
function findDuplicates(events: readonly SymbolEvent[], rows: readonly TimedRow[], faults: FileFaults): void {
  const lines = new Map<string, number>();
  for (const [i, { symbol, date, kind }] of events.entries()) {
    const { line } = rows[i];
    const first = lines.get(`${symbol} ${date} ${kind}`);
    if (first === undefined) lines.set(`${symbol} ${date} ${kind}`, line);
    else {
      const what = `${kind} of ${symbol} is there twice, on line ${first} too`;
      const rule = 'a symbol has one event of a kind on a date';
      faults.add({ line, date, code: 'duplicate_event', what, rule });
    }
  }
}
