import { InvalidInputError } from '../../errors/invalid-input-error.ts';

/** What a column of a file of events can mean. */
const EVENT_COLUMNS = ['symbol', 'date', 'kind', 'time', 'knownAt', 'source'] as const;
type EventColumn = (typeof EVENT_COLUMNS)[number];

/** Where a file of events has its columns: the place of each that is there, from 0. */
export type EventPlaces = Readonly<
  Record<'date', number> & Partial<Record<Exclude<EventColumn, 'date'>, number>>
>;

/**
 * What columns are called, in lower case with underscores between words: in plain files, in tables of ours, and in
 * the calendars of Alpha Vantage (`reportDate`, `timeOfTheDay`), Finnhub (`hour`), yfinance (`Earnings Date`) and
 * DoltHub (`act_symbol`, `when`).
 */
const NAMES: Readonly<Record<EventColumn, readonly string[]>> = {
  symbol: ['symbol', 'ticker', 'act_symbol'],
  date: ['date', 'event_date', 'reportdate', 'report_date', 'earnings_date', 'announcement_date'],
  kind: ['kind', 'type', 'event', 'event_type'],
  time: ['time', 'time_of_day', 'timeoftheday', 'when', 'hour'],
  knownAt: ['known_at', 'knownat'],
  source: ['source'],
};

/**
 * Tells by the header of a file of events where its columns are. Columns that have no meaning here are ignored.
 *
 * @param needsSymbol whether the file must say whose events they are
 * @throws InvalidInputError `ambiguous_column` when two columns mean the same, `missing_column` without a date or a
 *   symbol
 */
export function eventColumns(header: readonly string[], needsSymbol: boolean): EventPlaces {
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );
  const places: Partial<Record<EventColumn, number>> = {};
  for (const column of EVENT_COLUMNS) {
    const found = names.flatMap((name, place) => (NAMES[column].includes(name) ? [place] : []));
    if (found.length > 1) {
      const [first, second] = found;
      throw new InvalidInputError(
        'ambiguous_column',
        `The header names ${written(column)} twice: "${header[first]}" (column ${first + 1}) and "${header[second]}" (column ${second + 1}). ` +
          'Which of them is meant cannot be told: rename or remove one',
        { column: header[first] },
      );
    }
    if (found.length === 1) places[column] = found[0];
  }
  const { symbol, date } = places;
  if (date === undefined || (needsSymbol && symbol === undefined)) {
    const missing = (['symbol', 'date'] as const).filter((column) => places[column] === undefined);
    throw new InvalidInputError(
      'missing_column',
      `The header lacks ${missing.join(', ')}; it must name symbol (or the one that its events are of is asked for) and date, and may name ` +
        'kind, time, known_at and source',
      { missing },
    );
  }
  return { ...places, date };
}

/** The columns that were understood, with the file's own names where they are others. */
export function describeEventColumns(header: readonly string[], places: EventPlaces): string {
  return EVENT_COLUMNS.flatMap((column) => {
    const place = places[column];
    if (place === undefined) return [];
    const own = header[place].trim();
    return [own.toLowerCase() === written(column) ? written(column) : `${written(column)} (${own})`];
  }).join(', ');
}

function written(column: EventColumn): string {
  return column === 'knownAt' ? 'known_at' : column;
}
