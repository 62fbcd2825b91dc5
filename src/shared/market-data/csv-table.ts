import Papa from 'papaparse';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { stackedHeader } from './stacked-header.ts';

/** One row of a file. */
export interface CsvRow {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Without space around them. A row may have more or fewer than the header. */
  readonly fields: readonly string[];
}

/** A file as text by rows and columns. */
export interface CsvTable {
  /** Names of the columns as they are written. */
  readonly header: readonly string[];
  /** Symbols that the header names, by column; empty for most files. */
  readonly symbols: readonly string[];
  readonly rows: readonly CsvRow[];
}

const DELIMITERS = [',', ';', '\t', '|'];
/** Lines of comments before the header. A column may be called `#`. */
const COMMENTS = /^\s*(?:#(?![,;\t|])[^\n]*\n\s*)+/;
/** What files begin with that are no text of commas. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  // Stooq's header is <TICKER>,<PER>,<DATE>,..., which are no tags.
  [/^<(?!([a-z]+>[,;\t]<){3})/i, 'HTML or XML, not CSV: it begins with "<"'],
  [/^[[{]/, 'JSON, not CSV'],
  [/^PK\W/, 'an Excel workbook or another archive: save the sheet as CSV'],
  // UTF-16 is full of zeros where it is read as UTF-8.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no text has one.
  [/^[^\n]{0,200}[\uFFFD\u0000]/, 'no text in UTF-8: save it as CSV in UTF-8'],
];

/**
 * Splits a file into its header and its rows. Blank lines, a byte order mark, line ends of any kind, quotes, commas, semicolons, tabs,
 * a first line such as `sep=;` and comments before the header (`# ...`) are no obstacle.
 *
 * @throws InvalidInputError `empty_file`, `not_csv`, `malformed_csv` for quotes that do not end, `missing_column` when a row is the first
 */
export function readCsvTable(text: string): CsvTable {
  const lines = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  // Emptied and not removed, so that a row's place is its line.
  const content = lines.replace(COMMENTS, (comments) => comments.replaceAll(/[^\n]/g, ''));
  if (content.trim() === '') throw emptyFile();
  const start = content.trimStart();
  const other = OTHER_KINDS.find(([pattern]) => pattern.test(start));
  if (other !== undefined) throw new InvalidInputError('not_csv', `The file is ${other[1]}`);

  const told = /^sep=(.)\n/i.exec(content);
  const parsed = Papa.parse<string[]>(content, {
    delimiter: told?.[1] ?? delimiterOf(start),
    newline: '\n',
    // Blank lines stay, so that a row's place is its line.
    skipEmptyLines: false,
  });
  const rows = parsed.data
    .map((fields, i) => ({ line: i + 1, fields: fields.map((field) => field.trim()) }))
    .slice(told === null ? 0 : 1)
    .filter(({ fields }) => fields.some((field) => field !== ''));
  const [flaw] = parsed.errors;
  if (flaw !== undefined)
    throw new InvalidInputError('malformed_csv', `Line ${(flaw.row ?? 0) + 1}: ${flaw.message}`);

  if (rows.length === 0) throw emptyFile();
  const stacked = stackedHeader(rows.slice(0, 3).map(({ fields }) => fields));
  const { names, symbols, rows: height } = stacked ?? { names: rows[0].fields, symbols: [], rows: 1 };
  return { header: names, symbols, rows: rows.slice(height) };
}

function emptyFile(): InvalidInputError {
  return new InvalidInputError('empty_file', 'The file is empty; a header and rows are needed');
}

/** The one that the first line has most of, outside of quotes. */
function delimiterOf(content: string): string {
  const [line] = content.split('\n', 1);
  const unquoted = line.replaceAll(/"[^"]*"/g, '');
  const count = (delimiter: string) => unquoted.split(delimiter).length;
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best));
}
