import { NEW_YORK } from '../calendars/built-in-calendars.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { adjustBars, isAdjusted, sharesLater } from './adjust-bars.ts';
import { checkTimes } from './check-times.ts';
import { readCsvTable } from './csv-table.ts';
import { FileFaults } from './file-faults.ts';
import type { FileReadingOptions, ReadBars } from './file-reading.ts';
import { noteOnSymbol } from './note-on-symbol.ts';
import { type DecimalSign, decimalSignOf } from './number-notation.ts';
import { requireOneSubject } from './one-subject.ts';
import { readPrices } from './read-prices.ts';
import { readTimes, type TimedRow } from './read-times.ts';
import { type ColumnPlaces, closesAlone, recogniseShape } from './recognise-shape.ts';
import { orderRows, type RowOrder } from './row-order.ts';

/** The most bars one file may hold: 79 years of sessions. */
export const MAXIMUM_BARS_PER_FILE = 20_000;

/**
 * Reads bars from the text of a file. Its shape is recognised by its header (`file-shapes/`), and how dates and numbers are written by the
 * dates and numbers in it. What can be read in two ways is refused. Nothing is repaired, but a price that lies outside of its bar by
 * rounding (see {@link checkBar}): all faults are told at once, by line and date.
 *
 * With closes and adjusted closes that differ, open, high and low are adjusted by the same factor, and the bars are adjusted for `all`.
 *
 * A day without a session is taken: other markets trade then. A bar of `4h` must start where a half session in New York starts (09:30 or
 * 13:30 there, 09:30 alone on a half day): clock bars, whose boundaries move with daylight saving, are refused.
 *
 * @throws InvalidInputError with a code of {@link FAULTS_OF_A_FILE} or {@link FAULTS_OF_LINES}
 */
export function parseCsvBars(text: string, options: FileReadingOptions): ReadBars {
  const { timeframe, now, from, to, symbol, adjustment, calendar = NEW_YORK, closesOnly = false } = options;
  const table = readCsvTable(text);
  const { shape, places: found } = recogniseShape(table.header, table.symbols.length > 0);
  const places = closesOnly ? closesAlone(found) : found;
  if (table.rows.length === 0) throw new InvalidInputError('no_bars', 'The file has a header but no bars');

  const faults = new FileFaults();
  const read = readTimes(table.rows, places, shape.dayOrder, { timeframe, calendar }, faults);
  const isWanted = ({ time }: TimedRow) =>
    (from === undefined || time >= from) && (to === undefined || time.slice(0, 10) <= to);
  const wanted = read.rows.filter(isWanted);
  if (wanted.length > MAXIMUM_BARS_PER_FILE) {
    throw new InvalidInputError(
      'too_many_bars',
      `The file has ${wanted.length} bars; at most ${MAXIMUM_BARS_PER_FILE} are taken at once`,
    );
  }
  const named = requireOneSubject(wanted, places, table.symbols, timeframe);
  const { rows, order } = orderRows(wanted, faults);
  checkTimes(rows, timeframe, now, calendar, faults);

  // Who says that prices are not adjusted for all wants them as they are written.
  const adjusts = adjustment === undefined || adjustment === 'all';
  const used =
    adjusts && hasValues(rows, places.adjustedClose) ? places : { ...places, adjustedClose: undefined };
  const decimal = requireDecimalSign(rows, used);
  const written = readPrices(rows, used, table.header.length, decimal, faults);
  faults.refuse();
  if (rows.length === 0) throw noBarsWithin(read.rows, options);

  const adjusted = isAdjusted(written);
  const note = noteOnSymbol(named, symbol);
  return {
    bars: adjusted
      ? adjustBars(written, sharesOf(read.rows, used.splits, order, isWanted))
      : written.map(({ bar }) => bar),
    reading: {
      readAs: [
        shape.name,
        ...(order === 'newest_first' ? ['newest first'] : []),
        ...(read.dayOrder === null ? [] : [DAY_ORDERS[read.dayOrder]]),
        ...(decimal === ',' ? ['decimal commas'] : []),
        ...(used.adjustedClose === undefined
          ? []
          : [closeUsed(table.header[places.close], table.header[used.adjustedClose], adjusted)]),
        ...(places.volume === undefined ? ['no volume'] : []),
        ...(closesOnly ? ['closes only'] : []),
      ].join(', '),
      adjustment: adjusted ? 'all' : null,
      rounded: written.filter(({ rounded }) => rounded).length,
      leftOut: read.rows.length - rows.length,
      notes: note === undefined ? [] : [note],
    },
  };
}

function hasValues(rows: readonly TimedRow[], place: number | undefined): boolean {
  return place !== undefined && rows.some(({ fields }) => (fields[place] ?? '') !== '');
}

const DAY_ORDERS = { month_first: 'dates month first', day_first: 'dates day first' };

function closeUsed(close: string, adjustedClose: string, adjusted: boolean): string {
  return adjusted ? `prices adjusted as ${adjustedClose} is to ${close}` : `${adjustedClose} equals ${close}`;
}

/** @throws InvalidInputError `ambiguous_number` */
function requireDecimalSign(rows: readonly TimedRow[], places: ColumnPlaces): DecimalSign {
  const { open, high, low, close, adjustedClose, volume } = places;
  const columns = [open, high, low, close, adjustedClose, volume].filter((place) => place !== undefined);
  const numbers = rows.flatMap(({ fields }) => columns.map((place) => fields[place] ?? ''));
  const sign = decimalSignOf(numbers);
  if (sign !== null) return sign;
  const example = numbers.find((number) => number.includes(','))!;
  throw new InvalidInputError(
    'ambiguous_number',
    `"${example}" can be ${example.replace(',', '.')} or ${example.replace(',', '')}, and no other number in the file decides: ` +
      'write decimals with a point, or thousands without a comma',
  );
}

/** By bar, how many shares one of that day is now; undefined where the file does not list splits. */
function sharesOf(
  rows: readonly TimedRow[],
  splits: number | undefined,
  order: RowOrder,
  isWanted: (row: TimedRow) => boolean,
): number[] | undefined {
  if (splits === undefined) return undefined;
  const oldestFirst = order === 'newest_first' ? [...rows].reverse() : rows;
  const shares = sharesLater(oldestFirst.map(({ fields }) => fields[splits] ?? ''));
  return shares.filter((_, i) => isWanted(oldestFirst[i]));
}

function noBarsWithin(rows: readonly TimedRow[], { from, to }: FileReadingOptions): InvalidInputError {
  const dates = rows.map(({ time }) => time.slice(0, 10)).sort();
  const wanted = [from === undefined ? '' : ` from ${from}`, to === undefined ? '' : ` to ${to}`].join('');
  return new InvalidInputError(
    'no_bars',
    `The file has no bars${wanted}: its dates go from ${dates[0]} to ${dates.at(-1)}`,
  );
}
