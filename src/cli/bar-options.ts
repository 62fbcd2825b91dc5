import { evaluatedHorizonSchema, horizonSchema } from '../shared/contracts/names.ts';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';
import { type EvaluatedHorizon, timeframeOf } from '../shared/series/horizon.ts';
import { calendarChoice } from './calendars/calendar-choice.ts';
import { civilDate, listOf, symbolList, text } from './options/value-schemas.ts';

const HALF_SESSIONS =
  '4h and 8h need half-session bars, read from SYMBOL_4hs.csv or else SYMBOL.csv of --csv: 09:30 to 13:30, 13:30 to the close ' +
  'in New York; date is the start in UTC';

/** `--json` of every command. */
export const JSON_FLAG = {
  help: 'print one JSON document on standard output, all else on standard error',
};

/** `--actor` of what is logged. */
export const ACTOR = {
  value: 'NAME',
  help: 'who acts',
  schema: text,
  shownDefault: "git's user.name, or USER",
};

/** `--csv` and `--symbols`: the files that bars are read from. */
export const BAR_FILES = {
  csv: {
    value: 'DIR',
    help: 'use your own files, SYMBOL.csv: date,open,high,low,close,volume, or as a known source exports them',
    schema: text,
    shownDefault: 'the S&P 500 of the package vega-datasets',
  },
  symbols: { value: 'A,B', help: 'only these symbols of --csv', schema: symbolList, shownDefault: 'all' },
};

/** `--from` and `--to`: the rows of files that are read. */
export const DATES = {
  from: { value: 'DATE', help: 'only bars from this date on, YYYY-MM-DD', schema: civilDate },
  to: { value: 'DATE', help: 'only bars up to this date, YYYY-MM-DD', schema: civilDate },
};

/** `--events`: what is known beforehand. */
export const EVENTS = {
  value: 'FILE',
  help: 'scheduled events, as CSV: symbol,date and perhaps kind,time,known_at; each model sees those known at its cutoff',
  schema: text,
};

/** `--calendar`: when symbols trade. */
export const CALENDAR = {
  value: 'NAME',
  help:
    'trading calendar of all symbols, or SYMBOL=NAME by comma: XNYS, 24/7, weekdays (foreign exchange), or an uploaded one; ' +
    'FILE.csv is the calendar that it lists',
  schema: calendarChoice,
  shownDefault: "the symbol's own; XNYS, New York's, of a new one",
};

/** `--horizon` of a command that takes one. */
export const HORIZON = {
  value: '1D',
  help: `forecast horizon: 1D, 4h, 8h, 5D, 20D. ${HALF_SESSIONS}`,
  schema: evaluatedHorizonSchema,
  default: '1D',
};

/** `--horizon` of a command that takes several. */
export const HORIZONS = {
  value: '1D,4h',
  help: `forecast horizons by comma: 1D, 4h, 8h. ${HALF_SESSIONS}`,
  schema: listOf(horizonSchema),
  default: '1D',
};

/** @throws InvalidInputError `invalid_argument` when no date lies between `--from` and `--to` */
export function requireDates({ from, to }: { readonly from?: string; readonly to?: string }): void {
  if (from !== undefined && to !== undefined && from > to) {
    throw new InvalidInputError(
      'invalid_argument',
      `--from ${from} is later than --to ${to}: no bar is left`,
    );
  }
}

/** @throws InvalidInputError `invalid_argument` when `--symbols` or a horizon of half sessions lacks its files */
export function requireFiles(
  csv: string | undefined,
  symbols: readonly string[] | undefined,
  horizons: readonly EvaluatedHorizon[] = [],
): void {
  if (csv !== undefined) return;
  const intraday = horizons.find((horizon) => timeframeOf(horizon) !== '1D');
  if (intraday !== undefined) {
    throw new InvalidInputError(
      'invalid_argument',
      `--horizon ${intraday} needs half-session bars: name their directory with --csv DIR`,
    );
  }
  if (symbols !== undefined) {
    throw new InvalidInputError(
      'invalid_argument',
      `--symbols ${symbols.join(',')} chooses among the files of a directory: name it with --csv DIR`,
    );
  }
}
