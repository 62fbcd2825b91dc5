import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { symbolSchema } from '../shared/contracts/names.ts';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';

/** A CSV file of one symbol's bars. */
export interface BarFile {
  readonly symbol: string;
  readonly path: string;
  /** Where the prices come from, one word: they are never mixed with others of the symbol. */
  readonly feed: string;
  readonly adjustment: 'raw' | 'all';
}

/** The S&P 500's daily bars from 2000 to 2020, which npm's vega-datasets brings along. An index is not adjusted. */
export function sampleBarFile(): BarFile {
  // The package exports its JavaScript only, so its file is found by its place.
  const path = fileURLToPath(
    new URL('../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url),
  );
  return { symbol: 'SPX', path, feed: 'vega-datasets', adjustment: 'raw' };
}

/**
 * The `SYMBOL.csv` files of a directory, or one such file.
 *
 * @param symbols only these, in this order; default: every file whose name is a symbol, by name
 * @throws InvalidInputError `no_such_path`, `no_bar_files`, `no_such_file`, `unreadable_file`
 */
export function findBarFiles(path: string, symbols?: readonly string[]): BarFile[] {
  if (!existsSync(path)) throw new InvalidInputError('no_such_path', `${path} does not exist`);
  if (!readable(path, () => statSync(path).isDirectory())) return [barFile(path)];

  if (symbols !== undefined) {
    return symbols.map((symbol) => {
      const file = join(path, `${symbol}.csv`);
      if (!existsSync(file))
        throw new InvalidInputError('no_such_file', `${file} does not exist`, { symbol });
      return barFile(file);
    });
  }
  const files = readable(path, () => readdirSync(path))
    .filter((name) => name.endsWith('.csv') && symbolSchema.safeParse(basename(name, '.csv')).success)
    .sort();
  if (files.length === 0) {
    throw new InvalidInputError('no_bar_files', `${path} has no file named SYMBOL.csv (upper case)`);
  }
  return files.map((name) => barFile(join(path, name)));
}

function barFile(path: string): BarFile {
  const symbol = basename(path, '.csv');
  if (!path.endsWith('.csv') || !symbolSchema.safeParse(symbol).success) {
    throw new InvalidInputError('no_bar_files', `${path} is not named SYMBOL.csv (upper case)`);
  }
  // Asked before anything starts, so that the answer does not cost a start.
  readable(path, () => {
    if (!statSync(path).isFile()) throw new InvalidInputError('unreadable_file', `${path} is not a file`);
    accessSync(path, constants.R_OK);
  });
  return { symbol, path, feed: 'file', adjustment: 'all' };
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
