import {
  BAR_FILES,
  CALENDAR,
  DATES,
  EVENTS,
  HORIZONS,
  JSON_FLAG,
  requireDates,
  requireFiles,
} from './bar-options.ts';
import { DATA_DIRECTORY } from './data-directory.ts';
import type { Program, ValuesOf } from './options/option.ts';
import { parseOptions } from './options/parse-options.ts';
import { wholeNumber, wordOr } from './options/value-schemas.ts';

export const START = {
  usage: 'npm start [-- OPTIONS]',
  options: {
    once: { help: 'end after the main job (exit 0, or 1 with the reason)' },
    json: JSON_FLAG,
    fresh: { help: 'empty the data directory first' },
    port: {
      value: 'N',
      help: 'serve on this port',
      schema: wholeNumber(1, 65_535),
      shownDefault: 'the first free one from 54321',
    },
    ...BAR_FILES,
    calendar: CALENDAR,
    ...DATES,
    events: EVENTS,
    /** In the order in which they are worked on; each once. */
    horizon: HORIZONS,
    windows: {
      value: 'N|all',
      help: 'validate the latest N walk-forward windows now',
      schema: wordOr('all', wholeNumber(1, 10_000)),
      shownDefault: '4, once a week',
    },
    data: DATA_DIRECTORY,
  },
} satisfies Program;

/** What `npm start` was asked to do. */
export type StartOptions = ValuesOf<(typeof START)['options']>;

/** @returns null when help was asked for @throws InvalidInputError `invalid_argument`, `invalid_input` */
export function parseStartOptions(args: readonly string[]): StartOptions | null {
  const options = parseOptions(START, args);
  if (options === null) return null;
  requireFiles(options.csv, options.symbols, options.horizon);
  requireDates(options);
  return options;
}
