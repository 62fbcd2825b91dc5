import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { ensembleNameSchema } from '../../shared/contracts/names.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { BAR_FILES, CALENDAR, DATES, HORIZON, requireDates, requireFiles } from '../bar-options.ts';
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
  const { csv, symbols, horizon, out, html } = options;
  requireFiles(csv, symbols, [horizon]);
  requireDates(options);
  if (out !== undefined && html !== undefined && resolve(out) === resolve(html)) {
    throw new InvalidInputError('invalid_argument', `--out and --html both name ${html}: name two files`);
  }
  return options;
}
