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

const NEEDED = ['date', 'open', 'high', 'low', 'close'] as const;

/**
 * Tells by its header which known shape a file has, and where its columns are. Columns that no shape names are ignored.
 *
 * @param stacked whether the header has rows of names and of tickers, as only yfinance writes it
 * @throws InvalidInputError `ambiguous_column` when a column that is used is there twice, `missing_column`
 */
export function recogniseShape(header: readonly string[], stacked: boolean): RecognisedShape {
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/^<(.*)>$/, '$1'),
  );
  const known = stacked ? [...names, 'price', 'ticker'] : names;
  const shape = FILE_SHAPES.find(
    ({ recognisedBy, without = [] }) =>
      recognisedBy.some((marks) => marks.every((mark) => known.includes(mark))) &&
      !without.some((name) => known.includes(name)),
  )!;
  const places: Partial<Record<FileColumn, number>> = {};
  for (const column of FILE_COLUMNS) {
    const name = (shape.columns?.[column] ?? COMMON_NAMES[column]).find((each) => names.includes(each));
    if (name === undefined) continue;
    const place = names.indexOf(name);
    const again = names.indexOf(name, place + 1);
    if (again >= 0) {
      throw new InvalidInputError(
        'ambiguous_column',
        `The header names "${header[place]}" twice, in columns ${place + 1} and ${again + 1}: which of them is meant cannot be told. ` +
          'Rename or remove one',
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
