import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { JSON_FLAG, requireFiles } from '../bar-options.ts';
import type { Program, ValuesOf } from '../options/option.ts';
import { parseOptions } from '../options/parse-options.ts';
import { symbolEntries, text, wholeNumber } from '../options/value-schemas.ts';
import { FULL_PACE, type RehearsalPace, SHORT_PACE } from './rehearsal-pace.ts';

const DEFAULT_SYMBOLS = ['AAPL', 'MSFT', 'SPY'];

export const REHEARSE = {
  usage: 'npm run rehearse [-- OPTIONS]',
  about: `  Replays a whole rollout on real prices, in a project of its own whose clock is moved: a good candidate, an overfit one, a
  provider's outage, a crashed member, workers that are down. Prints what the canary log says, and what was expected of it.`,
  options: {
    csv: {
      value: 'DIR',
      help: 'your own prices, SYMBOL.csv, and half sessions in SYMBOL_4hs.csv there or in DIR/intraday (4h from the limited stage on)',
      schema: text,
      shownDefault: 'three spans of the S&P 500 of the package vega-datasets, as three symbols, 1D',
    },
    symbols: {
      value: 'A,B,C',
      help: "of --csv; the first three are the canary's",
      schema: symbolEntries,
      shownDefault: DEFAULT_SYMBOLS.join(','),
    },
    sessions: {
      value: 'N',
      help: `sessions that the good candidate may take, ${FULL_PACE.sessions} or more, ${SHORT_PACE.sessions} or more with --short`,
      schema: wholeNumber(SHORT_PACE.sessions, 9_999),
      shownDefault: 'as few',
    },
    short: {
      help: `stages of ${SHORT_PACE.stageDays} days before a judge who is content with less, as in npm test`,
    },
    json: JSON_FLAG,
  },
} satisfies Program;

/** What `npm run rehearse` was asked to do. */
export type RehearseOptions = Omit<
  ValuesOf<(typeof REHEARSE)['options']>,
  'symbols' | 'sessions' | 'short'
> & {
  /** The first three are the canary's. */
  readonly symbols: readonly string[];
  readonly pace: RehearsalPace;
};

/** @returns null when help was asked for @throws InvalidInputError `invalid_argument`, `invalid_input` */
export function parseRehearseOptions(args: readonly string[]): RehearseOptions | null {
  const parsed = parseOptions(REHEARSE, args);
  if (parsed === null) return null;
  const { symbols = DEFAULT_SYMBOLS, short, sessions, ...options } = parsed;
  requireFiles(options.csv, parsed.symbols);
  if (new Set(symbols).size !== symbols.length || symbols.length < 2) {
    throw new InvalidInputError(
      'invalid_argument',
      `--symbols ${symbols.join(',')} must be two or more different symbols: the first three are the canary's`,
    );
  }
  const pace = short ? SHORT_PACE : FULL_PACE;
  if (sessions !== undefined && sessions < pace.sessions) {
    throw new InvalidInputError(
      'invalid_argument',
      `--sessions ${sessions} must be ${pace.sessions} or more${short ? '' : `, or ${SHORT_PACE.sessions} or more with --short`}: the stages take as many`,
    );
  }
  return { ...options, symbols, pace: { ...pace, sessions: sessions ?? pace.sessions } };
}
