import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { ReceivedTimeframe } from '../series/series.ts';
import { firstOf } from '../wording/first-of.ts';
import type { CsvRow } from './csv-table.ts';
import type { ColumnPlaces } from './recognise-shape.ts';

/** Symbols or periods that a message names at most. */
const NAMED = 5;
/** How sources write the period of daily bars. */
const DAILY = /^(d|1d|1440|day|daily|d1)$/i;

/**
 * The symbol that a file names in a column or in its header; null where it names none.
 *
 * @param symbols of the header, by column
 * @throws InvalidInputError `several_symbols`, `several_periods`, `wrong_period` for bars that are not of the timeframe
 */
export function requireOneSubject(
  rows: readonly CsvRow[],
  places: ColumnPlaces,
  symbols: readonly string[],
  timeframe: ReceivedTimeframe,
): string | null {
  const named = distinct([...symbols, ...column(rows, places.symbol)]);
  if (named.length > 1) {
    throw new InvalidInputError(
      'several_symbols',
      `The file holds bars of ${firstOf(named, NAMED)}: make one file a symbol`,
      { symbols: named.slice(0, 20) },
    );
  }
  const periods = distinct(column(rows, places.period));
  if (periods.length > 1) {
    throw new InvalidInputError(
      'several_periods',
      `The file holds bars of the periods ${firstOf(periods, NAMED)}: make one file a period`,
      { periods: periods.slice(0, 20) },
    );
  }
  if (timeframe === '1D' && periods.length === 1 && !DAILY.test(periods[0])) {
    throw new InvalidInputError(
      'wrong_period',
      `The file says that its bars are of the period ${periods[0]}; bars of 1D have D`,
      { period: periods[0] },
    );
  }
  return named[0] ?? null;
}

function column(rows: readonly CsvRow[], place: number | undefined): string[] {
  return place === undefined ? [] : rows.map(({ fields }) => fields[place] ?? '');
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}
