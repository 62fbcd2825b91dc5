import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { COMMON_NAMES, FILE_COLUMNS, type FileColumn, type FileShape } from './file-shapes/file-shape.ts';
import { FILE_SHAPES } from './file-shapes/index.ts';

/** Where a file has its columns: the place of each that is there, from 0. */
export type ColumnPlaces = Readonly<
  Record<'date' | 'open' | 'high' | 'low' | 'close', number> & Partial<Record<FileColumn, number>>
>;

/** What a file was recognised as. */
export interface RecognisedShape {
  readonly shape: FileShape;
  readonly places: ColumnPlaces;
}

/** The places where the closes alone are read, as open, high and low as well. */
export function closesAlone(places: ColumnPlaces): ColumnPlaces {
  const { close } = places;
  return { ...places, open: close, high: close, low: close };
}

/** Of these a file has one column each. */
const PRICES: ReadonlySet<FileColumn> = new Set(['open', 'high', 'low', 'close', 'adjustedClose']);
const NEEDED = ['date', 'open', 'high', 'low', 'close'] as const;

/**
 * Tells by its header which known shape a file has, and where its columns are. Columns that no shape names are ignored.
 *
 * @param stacked whether the header has rows of names and of tickers, as only yfinance writes it
 * @throws InvalidInputError `ambiguous_column` when a column that is used is there twice, `missing_column`
 */
export function recogniseShape(header: readonly string[], stacked: boolean): RecognisedShape {
  const names = header.map(nameOf);
  const known = stacked ? [...names, 'price', 'ticker'] : names;
  const shape = FILE_SHAPES.find(
    ({ recognisedBy, without = [] }) =>
      recognisedBy.some((marks) => marks.every((mark) => known.includes(mark))) &&
      !without.some((name) => known.includes(name)),
  )!;
  const places: Partial<Record<FileColumn, number>> = {};
  for (const column of FILE_COLUMNS) {
    const ofShape = shape.columns?.[column] ?? COMMON_NAMES[column];
    const name = ofShape.find((each) => names.includes(each));
    if (name === undefined) continue;
    const place = names.indexOf(name);
    // Of prices there is one column: another one that could be meant is as bad as the same again.
    const alike = PRICES.has(column) ? [...ofShape, ...COMMON_NAMES[column]] : [name];
    const again = names.findIndex((each, i) => i !== place && alike.includes(each));
    if (again >= 0) {
      throw new InvalidInputError(
        'ambiguous_column',
        `The header names one column twice: "${header[place]}" (column ${place + 1}) and "${header[again]}" (column ${again + 1}). Which of them is ` +
          'meant cannot be told: rename or remove one',
        { column: header[place] },
      );
    }
    places[column] = place;
  }
  // A file of pandas may leave the column of its index without a name.
  if (places.date === undefined && /^(unnamed: 0)?$/.test(names[0])) places.date = 0;
  if (places.time === places.date) delete places.time;
  requireNeeded(places);
  return { shape, places };
}

/** Without the brackets of Stooq, and the asterisks that point to footnotes. */
function nameOf(written: string): string {
  const name = written.trim().toLowerCase();
  return name.replace(/^<(.*)>$/, '$1').replace(/\*+$/, '');
}

function requireNeeded(
  places: Partial<Record<FileColumn, number>>,
): asserts places is Partial<Record<FileColumn, number>> & ColumnPlaces {
  const missing = NEEDED.filter((column) => places[column] === undefined);
  if (missing.length === 0) return;
  throw new InvalidInputError(
    'missing_column',
    `The header lacks ${missing.join(', ')}; it must name ${NEEDED.join(', ')}, and volume where there is one`,
    { missing },
  );
}
