import { parseArgs } from 'node:util';
import { symbolSchema } from '../../shared/contracts/names.ts';
import { parse } from '../../shared/contracts/parse.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';

/** What `npm run rehearse` was asked to do. */
export interface RehearseOptions {
  /** Directory of `SYMBOL.csv` files; undefined: three spans of the S&P 500 that comes with the package. */
  readonly csv: string | undefined;
  /** The first three are the canary's. Only with `csv`. */
  readonly symbols: readonly string[];
  /** Sessions that the good candidate may take on its way. */
  readonly sessions: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** Two stages are to be passed. */
const LEAST_SESSIONS = 25;
const DEFAULT_SYMBOLS = 'AAPL,MSFT,SPY';

export const REHEARSE_USAGE = `npm run rehearse [-- OPTIONS]

  Replays a whole rollout on real prices, in a project of its own whose clock is moved: a good candidate, an overfit one, a
  provider's outage, a crashed member, workers that are down. Prints what the canary log says, and what was expected of it.

  --csv DIR          your own prices, SYMBOL.csv, and half sessions in SYMBOL_4hs.csv there or in DIR/intraday (4h from the limited
                     stage on); default: three spans of the S&P 500 that comes with the package, as three symbols, 1D
  --symbols A,B,C    of --csv (default ${DEFAULT_SYMBOLS}); the first three are the canary's
  --sessions N       sessions that the good candidate may take, ${LEAST_SESSIONS} or more (default 25)
  --json             print one JSON document on standard output, all else on standard error
`;

/** @throws InvalidInputError `invalid_argument`, `invalid_input` */
export function parseRehearseOptions(args: readonly string[]): RehearseOptions {
  const values = readValues(args);
  if (values.symbols !== undefined && values.csv === undefined) {
    throw new InvalidInputError(
      'invalid_argument',
      '--symbols chooses among the files of --csv DIR, which is missing',
    );
  }
  const symbols = (values.symbols ?? DEFAULT_SYMBOLS)
    .split(',')
    .map((symbol) => parse(symbolSchema, symbol.trim().toUpperCase(), `--symbols "${values.symbols}"`));
  if (new Set(symbols).size !== symbols.length || symbols.length < 2) {
    throw new InvalidInputError(
      'invalid_argument',
      `--symbols ${values.symbols}: two or more different symbols are needed`,
    );
  }
  const sessions = /^\d{1,4}$/.test(values.sessions ?? '25') ? Number(values.sessions ?? '25') : Number.NaN;
  if (!(sessions >= LEAST_SESSIONS)) {
    throw new InvalidInputError(
      'invalid_argument',
      `--sessions ${values.sessions}: a whole number from ${LEAST_SESSIONS} on is needed`,
    );
  }
  return { csv: values.csv, symbols, sessions, json: values.json ?? false, help: values.help ?? false };
}

function readValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        csv: { type: 'string' },
        symbols: { type: 'string' },
        sessions: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new InvalidInputError('invalid_argument', (error as Error).message);
  }
}
