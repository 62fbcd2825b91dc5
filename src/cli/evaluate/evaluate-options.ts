import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { commaSeparated } from '../../shared/contracts/comma-separated.ts';
import { writtenCovariatesSchema } from '../../shared/contracts/covariates.ts';
import { ensembleNameSchema } from '../../shared/contracts/names.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { BAR_FILES, CALENDAR, DATES, EVENTS, HORIZON, requireDates, requireFiles } from '../bar-options.ts';
import { isCalendarPath } from '../calendars/calendar-choice.ts';
import type { Program, ValuesOf } from '../options/option.ts';
import { parseOptions } from '../options/parse-options.ts';
import { listOf, text, wholeNumber } from '../options/value-schemas.ts';

export const EVALUATE = {
  usage: 'npm run evaluate [-- OPTIONS]',
  options: {
    ...BAR_FILES,
    calendar: { ...CALENDAR, shownDefault: "XNYS, New York's" },
    horizon: HORIZON,
    ...DATES,
    events: EVENTS,
    covariates: {
      value: 'A,B:range',
      help: 'series of --csv that the candidate may read: VIX for its level, SPY:range for its range',
      schema: commaSeparated(writtenCovariatesSchema),
      shownDefault: 'what ENSEMBLE_COVARIATES names, or none',
    },
    ensemble: {
      value: 'NAME',
      help: 'ensembles to evaluate, by comma: candidate, baseline',
      schema: listOf(ensembleNameSchema),
      default: 'candidate',
    },
    out: { value: 'FILE', help: 'write the report there, as JSON', schema: text },
    html: {
      value: 'FILE',
      help: 'write the report there, as one page with plots that needs nothing else',
      schema: text,
    },
    forecasts: {
      value: 'FILE',
      help: 'write the forecasts there, as CSV: a row a test bar and model, 2 kB each, with mean, scale, 199 quantiles and weights',
      schema: text,
    },
    json: { help: 'print the report on standard output, all else on standard error' },
    threads: {
      value: 'N',
      help: 'worker threads',
      schema: wholeNumber(1, 256),
      default: String(Math.min(256, availableParallelism())),
      shownDefault: 'one a core',
    },
  },
} satisfies Program;

/** What `npm run evaluate` was asked to do. */
export type EvaluateOptions = ValuesOf<(typeof EVALUATE)['options']>;

/** @returns null when help was asked for @throws InvalidInputError `invalid_argument`, `invalid_input` */
export function parseEvaluateOptions(args: readonly string[]): EvaluateOptions | null {
  const options = parseOptions(EVALUATE, args);
  if (options === null) return null;
  const { csv, symbols, horizon } = options;
  requireFiles(csv, symbols, [horizon]);
  requireDates(options);
  requireDifferentFiles(options);
  return options;
}

/** The files that are read, and directories whose CSV files are. */
export function inputFiles({ csv, events, calendar }: EvaluateOptions): string[] {
  const calendars = [...(calendar?.bySymbol.values() ?? []), calendar?.others].filter(
    (name) => name !== undefined && isCalendarPath(name),
  );
  return [csv, events, ...calendars].filter((path) => path !== undefined);
}

/** The options that name a file to be written. */
export const OUTPUT_FILES = ['out', 'html', 'forecasts'] as const;

/** @throws InvalidInputError `invalid_argument` */
function requireDifferentFiles(options: EvaluateOptions): void {
  const named = new Map<string, string>();
  for (const option of OUTPUT_FILES) {
    const file = options[option];
    if (file === undefined) continue;
    const other = named.get(resolve(file));
    if (other !== undefined) {
      throw new InvalidInputError(
        'invalid_argument',
        `--${other} and --${option} both name ${file}: name two files`,
      );
    }
    named.set(resolve(file), option);
  }
}
