import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';
import { readCsvTable } from '../shared/market-data/csv-table.ts';
import { recogniseShape } from '../shared/market-data/recognise-shape.ts';
import type { ReceivedTimeframe } from '../shared/series/series.ts';
import { readTextFile } from './read-text-file.ts';
import { readable } from './readable.ts';
import { isOfHalfSessions, symbolOfFileName } from './symbol-of-file-name.ts';

/** A CSV file of one symbol's bars. */
export interface BarFile {
  readonly symbol: string;
  readonly path: string;
  /** Of its bars. */
  readonly timeframe: ReceivedTimeframe;
  /** Where the prices come from, one word: they are never mixed with others of the symbol. */
  readonly feed: string;
  /** For what the prices are adjusted; undefined: what the file says of it. */
  readonly adjustment?: 'raw';
  /** Why it is not read: known when it is looked for, raised when it is read, so that the others go on. */
  readonly fault?: InvalidInputError;
}

/** The S&P 500's daily bars from 2000 to 2020, which npm's vega-datasets brings along. An index is not adjusted. */
export function sampleBarFile(): BarFile {
  // The package exports its JavaScript only, so its file is found by its place.
  const path = fileURLToPath(
    new URL('../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url),
  );
  return { symbol: 'SPX', path, timeframe: '1D', feed: 'vega-datasets', adjustment: 'raw' };
}

/** Lines of a file in which its header is. */
const HEAD = 5;

/** A file of a directory that is not read. */
export interface LeftOutFile {
  readonly file: string;
  readonly reason: string;
}

/** What a directory holds: its files of bars, and whatever else is there. */
export interface FoundBarFiles {
  readonly files: readonly BarFile[];
  /** Empty when symbols were asked for by name. */
  readonly leftOut: readonly LeftOutFile[];
}

/**
 * The files of bars in a directory, or one such file: `SYMBOL.csv`, and other names that mean a symbol (see {@link symbolOfFileName}).
 * Half-session bars are read from `SYMBOL_4hs.csv` where there is one, so that daily bars can lie beside them.
 *
 * @param symbols only these, in this order; default: every file whose name means a symbol, by name
 * @param timeframe of the bars in the files; default `1D`
 * @throws InvalidInputError `no_such_path`, `no_bar_files`, `no_such_file` (also when the one file is of another symbol),
 *   `unreadable_file`. Where two names mean one symbol, its file has the fault `ambiguous_file`
 */
export function lookForBarFiles(
  path: string,
  symbols?: readonly string[],
  timeframe: ReceivedTimeframe = '1D',
): FoundBarFiles {
  if (!existsSync(path))
    throw new InvalidInputError('no_such_path', `${path === '' ? '""' : path} does not exist`);
  if (!readable(path, () => statSync(path).isDirectory())) {
    const named = symbolOfFileName(basename(path), timeframe);
    if (named.symbol === undefined) throw new InvalidInputError('no_bar_files', `${path}: ${named.reason}`);
    const file = barFile(path, named.symbol, timeframe);
    const others = symbols?.filter((symbol) => symbol !== file.symbol) ?? [];
    if (others.length === 0) return { files: [file], leftOut: [] };
    throw new InvalidInputError(
      'no_such_file',
      `${path} is the file of ${file.symbol}: it holds no ${others.join(', ')}`,
      { symbol: others[0] },
    );
  }

  const found = new Map<string, string[]>();
  const leftOut: LeftOutFile[] = [];
  for (const name of readable(path, () => readdirSync(path)).sort()) {
    if (name.startsWith('.')) continue;
    const reason = reasonToLeaveOut(path, name, timeframe, symbols !== undefined);
    if (reason !== undefined) leftOut.push({ file: name, reason });
    else {
      const symbol = symbolOfFileName(name, timeframe).symbol!;
      found.set(symbol, [...(found.get(symbol) ?? []), name]);
    }
  }
  if (symbols === undefined && found.size === 0) {
    throw new InvalidInputError(
      'no_bar_files',
      [`${path} has no file named SYMBOL.csv`, ...leftOutLines(leftOut)].join('. '),
    );
  }
  const files = (symbols ?? [...found.keys()].sort()).map((symbol) => {
    const names = found.get(symbol) ?? [];
    if (names.length === 0) {
      const file = join(path, `${symbol}.csv`);
      throw new InvalidInputError('no_such_file', `${file} does not exist`, { symbol });
    }
    const fault = ambiguity(path, symbol, names);
    const file = barFile(join(path, theOne(names, leftOut)), symbol, timeframe);
    return fault === undefined ? file : { ...file, fault };
  });
  return { files, leftOut: symbols === undefined ? leftOut : [] };
}

/** The files alone: see {@link lookForBarFiles}. */
export function findBarFiles(...parameters: Parameters<typeof lookForBarFiles>): readonly BarFile[] {
  return lookForBarFiles(...parameters).files;
}

/** A line for people that names what was left out; none where nothing was. */
export function leftOutLines(leftOut: readonly LeftOutFile[]): string[] {
  if (leftOut.length === 0) return [];
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  const parts = reasons.map((reason) => {
    const names = leftOut.filter((one) => one.reason === reason).map(({ file }) => file);
    return `${names.join(', ')} (${reason})`;
  });
  return [`Left out: ${parts.join('; ')}`];
}

/** Why a file of a directory is not read; undefined where it is. */
function reasonToLeaveOut(
  directory: string,
  name: string,
  timeframe: ReceivedTimeframe,
  askedByName: boolean,
): string | undefined {
  const named = symbolOfFileName(name, timeframe);
  if (named.symbol === undefined) return named.reason;
  // Who asks for it by name, or names it like a symbol as it stands, means it; of others the header must show that there are bars.
  if (named.certain || askedByName) return undefined;
  return hasHeaderOfBars(join(directory, name)) ? undefined : 'no header of bars';
}

function hasHeaderOfBars(path: string): boolean {
  try {
    const head = readBarFile({ path }).split('\n', HEAD).join('\n');
    const { header, symbols } = readCsvTable(head);
    recogniseShape(header, symbols.length > 0);
    return true;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.code === 'ambiguous_column';
  }
}

/** Of several files that mean a symbol: those of half sessions before the others. */
function candidatesOf(names: readonly string[]): readonly string[] {
  const halves = names.filter(isOfHalfSessions);
  return halves.length > 0 ? halves : names;
}

function theOne(names: readonly string[], leftOut: LeftOutFile[]): string {
  const candidates = candidatesOf(names);
  for (const name of names)
    if (!candidates.includes(name)) leftOut.push({ file: name, reason: `${candidates[0]} is read` });
  return candidates[0];
}

function ambiguity(
  directory: string,
  symbol: string,
  names: readonly string[],
): InvalidInputError | undefined {
  const candidates = candidatesOf(names);
  if (candidates.length === 1) return undefined;
  return new InvalidInputError(
    'ambiguous_file',
    `${candidates.map((name) => join(directory, name)).join(' and ')} both mean ${symbol}: remove or rename one`,
    { symbol },
  );
}

function barFile(path: string, symbol: string, timeframe: ReceivedTimeframe): BarFile {
  // Asked before anything starts, so that the answer does not cost a start.
  readable(path, () => {
    if (!statSync(path).isFile()) throw new InvalidInputError('unreadable_file', `${path} is not a file`);
    accessSync(path, constants.R_OK);
  });
  return { symbol, path, timeframe, feed: 'file' };
}

/** The text of a file. @throws InvalidInputError `unreadable_file`, or the file's fault */
export function readBarFile({ path, fault }: Pick<BarFile, 'path' | 'fault'>): string {
  if (fault !== undefined) throw fault;
  return readTextFile(path);
}
