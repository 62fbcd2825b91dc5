import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { symbolSchema } from '../shared/contracts/names.ts';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';
import type { ReceivedTimeframe } from '../shared/series/series.ts';

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
}

/** The S&P 500's daily bars from 2000 to 2020, which npm's vega-datasets brings along. An index is not adjusted. */
export function sampleBarFile(): BarFile {
  // The package exports its JavaScript only, so its file is found by its place.
  const path = fileURLToPath(
    new URL('../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url),
  );
  return { symbol: 'SPX', path, timeframe: '1D', feed: 'vega-datasets', adjustment: 'raw' };
}

/** How a file of half-session bars may be named, beside `SYMBOL.csv`. */
const HALF_SESSIONS = '_4hs';

/**
 * The `SYMBOL.csv` files of a directory, or one such file. Half-session bars are read from `SYMBOL_4hs.csv` where there is one, so
 * that daily bars can lie beside them.
 *
 * @param symbols only these, in this order; default: every file whose name is a symbol, by name
 * @param timeframe of the bars in the files; default `1D`
 * @throws InvalidInputError `no_such_path`, `no_bar_files`, `no_such_file` (also when the one file is of another symbol),
 *   `unreadable_file`
 */
export function findBarFiles(
  path: string,
  symbols?: readonly string[],
  timeframe: ReceivedTimeframe = '1D',
): BarFile[] {
  if (!existsSync(path))
    throw new InvalidInputError('no_such_path', `${path === '' ? '""' : path} does not exist`);
  if (!readable(path, () => statSync(path).isDirectory())) {
    const file = barFile(path, timeframe);
    const others = symbols?.filter((symbol) => symbol !== file.symbol) ?? [];
    if (others.length === 0) return [file];
    throw new InvalidInputError(
      'no_such_file',
      `${path} is the file of ${file.symbol}: it holds no ${others.join(', ')}`,
      { symbol: others[0] },
    );
  }

  const names = readable(path, () => readdirSync(path)).filter(
    (name) => symbolOf(name, timeframe) !== undefined,
  );
  const nameOf = (symbol: string) =>
    [`${symbol}${HALF_SESSIONS}.csv`, `${symbol}.csv`].find((name) => names.includes(name));
  if (symbols !== undefined) {
    return symbols.map((symbol) => {
      const name = nameOf(symbol);
      if (name === undefined) {
        const file = join(path, `${symbol}.csv`);
        throw new InvalidInputError('no_such_file', `${file} does not exist`, { symbol });
      }
      return barFile(join(path, name), timeframe);
    });
  }
  if (names.length === 0) {
    throw new InvalidInputError('no_bar_files', `${path} has no file named SYMBOL.csv (upper case)`);
  }
  const found = [...new Set(names.map((name) => symbolOf(name, timeframe)!))].sort();
  return found.map((symbol) => barFile(join(path, nameOf(symbol)!), timeframe));
}

/** The symbol that a file's name says; undefined when it says none. */
function symbolOf(name: string, timeframe: ReceivedTimeframe): string | undefined {
  if (!name.endsWith('.csv')) return undefined;
  const stem = basename(name, '.csv');
  const symbol =
    timeframe === '4h' && stem.endsWith(HALF_SESSIONS) ? stem.slice(0, -HALF_SESSIONS.length) : stem;
  return symbolSchema.safeParse(symbol).success ? symbol : undefined;
}

function barFile(path: string, timeframe: ReceivedTimeframe): BarFile {
  const symbol = symbolOf(basename(path), timeframe);
  if (symbol === undefined) {
    throw new InvalidInputError('no_bar_files', `${path} is not named SYMBOL.csv (upper case)`);
  }
  // Asked before anything starts, so that the answer does not cost a start.
  readable(path, () => {
    if (!statSync(path).isFile()) throw new InvalidInputError('unreadable_file', `${path} is not a file`);
    accessSync(path, constants.R_OK);
  });
  return { symbol, path, timeframe, feed: 'file' };
}

/** The text of a file. @throws InvalidInputError `unreadable_file` */
export function readBarFile({ path }: BarFile): string {
  return readable(path, () => readFileSync(path, 'utf8'));
}

/** Does something with a path, and says in our own words what the file system does not allow. */
function readable<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    throw new InvalidInputError('unreadable_file', `${path} cannot be read: ${(error as Error).message}`);
  }
}
