import { parseArgs } from 'node:util';
import { horizonSchema, symbolSchema } from '../shared/contracts/names.ts';
import { parse } from '../shared/contracts/parse.ts';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';
import type { Horizon } from '../shared/series/horizon.ts';
import { DEFAULT_DATA_DIRECTORY } from './data-directory.ts';

/** What `npm start` was asked to do. */
export interface StartOptions {
  /** End after the main job. */
  readonly once: boolean;
  /** One JSON document on standard output, all else on standard error. */
  readonly json: boolean;
  /** Empty the data directory first. */
  readonly fresh: boolean;
  /** The gateway's port; undefined: the first free one from 54321. */
  readonly port: number | undefined;
  /** Directory of `SYMBOL.csv` files; undefined: the S&P 500 that comes with the package. */
  readonly csv: string | undefined;
  /** Undefined: every file of `csv`. */
  readonly symbols: readonly string[] | undefined;
  /** In the order in which they are worked on; each once. */
  readonly horizons: readonly Horizon[];
  /** Walk-forward windows to validate, latest first; undefined: what the schedule would do. */
  readonly windows: number | 'all' | undefined;
  /** Where the stack keeps its data. */
  readonly data: string;
  readonly help: boolean;
}

export const START_USAGE = `npm start [-- OPTIONS]

  --once             end after the main job (exit 0, or 1 with the reason)
  --json             print one JSON document on standard output, all else on standard error
  --fresh            empty the data directory (.plumbline/) first
  --port N           serve on this port (default: the first free one from 54321)
  --csv DIR          use your own files, SYMBOL.csv: date,open,high,low,close,volume
  --symbols A,B      only these symbols of --csv (default: all)
  --horizon 1D,4h    forecast horizons by comma: 1D (the default), 4h, 8h. 4h and 8h need half-session bars, read from
                     SYMBOL_4hs.csv or else SYMBOL.csv of --csv: 09:30 to 13:30, 13:30 to the close in New York; date is
                     the start in UTC
  --windows N|all    validate the latest N walk-forward windows now (default: 4, once a week)
  --data DIR         keep the data there (default: .plumbline)
`;

/** @throws InvalidInputError `invalid_argument`, `invalid_input` */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const values = readValues(args);
  const horizons = (values.horizon ?? '1D')
    .split(',')
    .map((horizon) => parse(horizonSchema, horizon.trim(), `--horizon "${values.horizon}"`));
  const intraday = horizons.find((horizon) => horizon !== '1D');
  if (intraday !== undefined && values.csv === undefined) {
    throw new InvalidInputError(
      'invalid_argument',
      `--horizon ${intraday} needs half-session bars: name their directory with --csv DIR`,
    );
  }
  const symbols = values.symbols
    ?.split(',')
    .map((symbol) => parse(symbolSchema, symbol.trim().toUpperCase(), `--symbols "${values.symbols}"`));
  if (symbols !== undefined && values.csv === undefined) {
    throw new InvalidInputError(
      'invalid_argument',
      '--symbols chooses among the files of --csv DIR, which is missing',
    );
  }
  return {
    once: values.once ?? false,
    json: values.json ?? false,
    fresh: values.fresh ?? false,
    port: values.port === undefined ? undefined : wholeNumber('--port', values.port, 1, 65_535),
    csv: values.csv,
    symbols: symbols === undefined ? undefined : [...new Set(symbols)],
    horizons: [...new Set(horizons)],
    windows:
      values.windows === undefined || values.windows === 'all'
        ? values.windows
        : wholeNumber('--windows', values.windows, 1, 10_000),
    data: values.data ?? DEFAULT_DATA_DIRECTORY,
    help: values.help ?? false,
  };
}

function readValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean' },
        json: { type: 'boolean' },
        fresh: { type: 'boolean' },
        port: { type: 'string' },
        csv: { type: 'string' },
        symbols: { type: 'string' },
        horizon: { type: 'string' },
        windows: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new InvalidInputError('invalid_argument', (error as Error).message);
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidInputError(
    'invalid_argument',
    `${name} ${text}: a whole number from ${least} to ${most} is needed`,
  );
}
