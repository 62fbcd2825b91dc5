import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensembleNameSchema, horizonSchema, symbolSchema } from '../../shared/contracts/names.ts';
import { parse } from '../../shared/contracts/parse.ts';
import type { EnsembleName } from '../../shared/ensemble/ensemble-configuration.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { parseDate } from '../../shared/series/civil-date.ts';
import type { Horizon } from '../../shared/series/horizon.ts';

/** What `npm run evaluate` was asked to do. */
export interface EvaluateOptions {
  /** Directory of `SYMBOL.csv` files; undefined: the S&P 500 that comes with the package. */
  readonly csv: string | undefined;
  /** Undefined: every file of `csv`. */
  readonly symbols: readonly string[] | undefined;
  readonly horizon: Horizon;
  /** Only bars from this date on, `YYYY-MM-DD`. */
  readonly from: string | undefined;
  /** Only bars up to this date, `YYYY-MM-DD`. */
  readonly to: string | undefined;
  readonly ensembles: readonly EnsembleName[];
  /** File for the report as JSON. */
  readonly out: string | undefined;
  /** File for the report as a page. */
  readonly html: string | undefined;
  /** The report as JSON on standard output, all else on standard error. */
  readonly json: boolean;
  /** Worker threads. */
  readonly threads: number;
  readonly help: boolean;
}

export const EVALUATE_USAGE = `npm run evaluate [-- OPTIONS]

  --csv DIR                  SYMBOL.csv files: date,open,high,low,close,volume (default: the S&P 500 of the package)
  --symbols A,B              only these symbols of --csv (default: all)
  --horizon 1D               forecast horizon: 1D, 4h, 8h. The last two need half-session bars (09:30 to 13:30, 13:30 to the
                             close in New York; date is the start in UTC), from SYMBOL_4hs.csv or else SYMBOL.csv
  --from DATE --to DATE      only bars from and up to these dates, YYYY-MM-DD
  --ensemble candidate       ensembles to evaluate, by comma (default: candidate)
  --out FILE                 write the report there, as JSON
  --html FILE                write the report there, as one page with plots that needs nothing else
  --json                     print the report on standard output, all else on standard error
  --threads N                worker threads (default: one a core)
`;

/** @throws InvalidInputError `invalid_argument`, `invalid_input` */
export function parseEvaluateOptions(args: readonly string[]): EvaluateOptions {
  const values = readValues(args);
  const horizon = parse(horizonSchema, values.horizon ?? '1D', '--horizon');
  if (horizon !== '1D' && values.csv === undefined) {
    throw new InvalidInputError(
      'invalid_argument',
      `--horizon ${horizon} needs half-session bars: name their directory with --csv DIR`,
    );
  }
  const list = (name: 'symbols' | 'ensemble') => values[name]?.split(',').map((entry) => entry.trim());
  const symbols = list('symbols')?.map((symbol) =>
    parse(symbolSchema, symbol.toUpperCase(), `--symbols "${values.symbols}"`),
  );
  if (symbols !== undefined && values.csv === undefined) {
    throw new InvalidInputError(
      'invalid_argument',
      '--symbols chooses among the files of --csv DIR, which is missing',
    );
  }
  if (values.out !== undefined && values.html !== undefined && resolve(values.out) === resolve(values.html)) {
    throw new InvalidInputError('invalid_argument', `--out and --html both name ${values.html}`);
  }
  const from = date('--from', values.from);
  const to = date('--to', values.to);
  if (from !== undefined && to !== undefined && from > to) {
    throw new InvalidInputError('invalid_argument', `--from ${from} is later than --to ${to}`);
  }
  const ensembles = (list('ensemble') ?? ['candidate']).map((name) =>
    parse(ensembleNameSchema, name, `--ensemble "${values.ensemble}"`),
  );
  return {
    csv: values.csv,
    symbols: symbols && [...new Set(symbols)],
    horizon,
    from,
    to,
    ensembles: [...new Set(ensembles)],
    out: values.out,
    html: values.html,
    json: values.json ?? false,
    threads: threads(values.threads),
    help: values.help ?? false,
  };
}

function readValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        csv: { type: 'string' },
        symbols: { type: 'string' },
        horizon: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        ensemble: { type: 'string' },
        out: { type: 'string' },
        html: { type: 'string' },
        json: { type: 'boolean' },
        threads: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new InvalidInputError('invalid_argument', (error as Error).message);
  }
}

function date(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    parseDate(text);
  } catch (error) {
    throw new InvalidInputError('invalid_argument', `${name} ${text}: ${(error as Error).message}`);
  }
  return text;
}

function threads(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= 256) return value;
  throw new InvalidInputError(
    'invalid_argument',
    `--threads ${text}: a whole number from 1 to 256 is needed`,
  );
}
