import { checkBar, isPrice, isVolume, priceFault, volumeFault } from '../series/check-bar.ts';
import type { Bar } from '../series/series.ts';
import { oneLine } from '../wording/one-line.ts';
import type { FileFaults } from './file-faults.ts';
import { type DecimalSign, readNumber, readVolume } from './number-notation.ts';
import type { TimedRow } from './read-times.ts';
import type { ColumnPlaces } from './recognise-shape.ts';

/** A bar as a file writes it, and its adjusted close, where the file has one. */
export interface WrittenBar {
  readonly bar: Bar;
  readonly adjustedClose: number | null;
  /** Whether a price was moved because it lay outside of the bar by rounding. */
  readonly rounded: boolean;
}

const PRICES = ['open', 'high', 'low', 'close'] as const;
/** What sources write where they have no price. */
const NOTHING = /^(|-|null|nan|none|n\/a)$/i;

/**
 * Reads the prices and volumes of rows.
 *
 * @param width fields that a row has
 * @param faults gets `malformed_csv` for rows of another width, `invalid_price`, `invalid_volume`, `inconsistent_bar`: one a row
 */
export function readPrices(
  rows: readonly TimedRow[],
  places: ColumnPlaces,
  width: number,
  decimal: DecimalSign,
  faults: FileFaults,
): WrittenBar[] {
  const written: WrittenBar[] = [];
  const priced = places.adjustedClose === undefined ? PRICES : ([...PRICES, 'adjustedClose'] as const);
  for (const { line, time, fields } of rows) {
    const at = { line, date: time };
    // Spreadsheets end rows with empty fields.
    if (fields.length < width || fields.slice(width).some((field) => field !== '')) {
      const what = `it has ${fields.length} fields`;
      faults.add({ ...at, code: 'malformed_csv', what, rule: `the header has ${width}` });
      continue;
    }
    const [open, high, low, close, adjustedClose] = priced.map((column) =>
      readNumber(fields[places[column]!], decimal),
    );
    const volume = places.volume === undefined ? null : readVolume(fields[places.volume], decimal);
    const bad = priced.filter((_, i) => !isPrice([open, high, low, close, adjustedClose][i]));
    if (bad.length > 0) {
      faults.add({ ...at, ...priceFault(valuesOf(bad, (column) => fields[places[column]!])) });
      continue;
    }
    if (volume !== null && !isVolume(volume)) {
      faults.add({ ...at, ...volumeFault(`volume is "${oneLine(fields[places.volume!], 40)}"`) });
      continue;
    }
    const checked = checkBar({ time, open, high, low, close, volume });
    if (checked.fault !== undefined) faults.add({ ...at, ...checked.fault });
    else written.push({ ...checked, adjustedClose: adjustedClose ?? null });
  }
  return written;
}

/** Such as `open is "0"`, or `no prices: open, high, low and close are "null"`. */
function valuesOf<Column extends string>(
  columns: readonly Column[],
  textOf: (column: Column) => string,
): string {
  const texts = columns.map((column) => oneLine(textOf(column), 40));
  const name = (column: string) => (column === 'adjustedClose' ? 'adjusted close' : column);
  if (columns.length === 1 || new Set(texts).size > 1)
    return columns.map((column, i) => `${name(column)} is "${texts[i]}"`).join(', ');
  const names = `${columns.slice(0, -1).map(name).join(', ')} and ${name(columns.at(-1)!)}`;
  return `${NOTHING.test(texts[0]) ? 'no prices: ' : ''}${names} are "${texts[0]}"`;
}
