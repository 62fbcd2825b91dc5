import { StoreError } from '../shared/errors/store-error.ts';
import { FAULTS_OF_A_FILE, FAULTS_OF_LINES } from '../shared/market-data/file-fault-codes.ts';
import { type FaultDetails, faultsMessage } from '../shared/market-data/file-faults.ts';
import type { CovariateMeasure } from '../shared/series/covariate.ts';
import type { Timeframe } from '../shared/series/series.ts';
import { type BarFile, readBarFile } from './bar-files.ts';
import { type CalendarChoice, chosenCalendar } from './calendars/calendar-choice.ts';
import { callFunction, type StackAccess } from './call-function.ts';
import { readingParts } from './reading-lines.ts';

/** What `ingest-bars` answers. */
export interface UploadResult extends StoredSeries {
  readonly symbol: string;
  readonly given: number;
  readonly inserted: number;
  readonly changed: number;
  /** Stored bars that the upload lacked: with `replace` they are gone. */
  readonly deleted: number;
  /** For what the stored prices are adjusted; `unknown` where nobody said. */
  readonly adjustment: 'raw' | 'split' | 'dividend' | 'all' | 'unknown';
  /** What the file was recognised as. */
  readonly read_as: string;
  /** Bars with a price that lay outside of its bar by rounding. */
  readonly rounded: number;
  /** Rows before `from` or after `to`. */
  readonly left_out: number;
  /** What else a person should know, a sentence each. */
  readonly notes: readonly string[];
  /** The series that is made from this one: of an upload of `4h`, the bars of `8h`, unless there are none yet. */
  readonly derived?: StoredSeries;
}

/** How a file is stored. */
export interface UploadOptions {
  /** The file is the whole series from now on: stored bars that it lacks are deleted. Default: false. */
  readonly replace?: boolean;
  /** First and last date wanted, `YYYY-MM-DD`. Default: all. */
  readonly from?: string;
  readonly to?: string;
  /** The symbols' calendars by name. Default: the one that a symbol has; New York's if it is new. */
  readonly calendar?: CalendarChoice;
  /** The symbols are read beside others by this, and not forecast. Default: what a symbol is. */
  readonly covariate?: CovariateMeasure;
}

/** A series as it is stored now. */
export interface StoredSeries {
  readonly timeframe: Timeframe;
  readonly stored: number;
  readonly first: string;
  readonly last: string;
  /** When the series was last changed, ISO 8601 in UTC. */
  readonly stored_at: string;
}

/** The refusals whose cause is in the file: what cannot be read, its size, and what the stored bars contradict. */
const FAULTS_OF_THE_FILE: ReadonlySet<string> = new Set([
  ...FAULTS_OF_A_FILE,
  ...FAULTS_OF_LINES,
  'body_too_large',
  'mixed_sources',
  'restated_history',
  'series_changed',
  'calendar_differs',
  'covariate_differs',
  'half_sessions_are_new_yorks',
]);

/** Beside these, all data that nothing may be fitted to: 422. */
export function isOfTheFile({ code, status }: StoreError): boolean {
  return status === 422 || FAULTS_OF_THE_FILE.has(code);
}

/**
 * Sends a file to `ingest-bars`.
 *
 * @throws InvalidInputError `unreadable_file`; StoreError with the function's code, its message naming the file when the fault is
 *   the file's
 */
export async function uploadBars(
  stack: StackAccess,
  file: BarFile,
  { replace = false, from, to, calendar: choice, covariate }: UploadOptions = {},
): Promise<UploadResult> {
  const { symbol, timeframe, feed, adjustment } = file;
  const calendar = chosenCalendar(choice, symbol);
  const query = new URLSearchParams({
    ...{ symbol, timeframe, feed, replace: String(replace) },
    ...(adjustment && { adjustment }),
    ...(from && { from }),
    ...(to && { to }),
    ...(calendar && { calendar }),
    ...(covariate && { covariate }),
  });
  const body = readBarFile(file);
  try {
    const answer = await callFunction(stack, `ingest-bars?${query}`, {
      method: 'POST',
      body,
      contentType: 'text/csv',
    });
    return answer.body as UploadResult;
  } catch (error) {
    if (!(error instanceof StoreError) || !isOfTheFile(error)) throw error;
    throw new StoreError(error.code, `${file.path}: ${wholeMessage(error)}`, error.status);
  }
}

/** What was stored in a line for people, and a line for each note. */
export function uploadLines(result: UploadResult): string[] {
  const day = (time: string) => time.slice(0, 10);
  const deleted = result.deleted > 0 ? `, ${result.deleted} deleted` : '';
  const changes = `${result.inserted} new, ${result.changed} changed${deleted}`;
  const kind = result.timeframe === '4h' ? 'half sessions' : 'bars';
  const stored = `${result.stored} ${kind}, ${day(result.first)} to ${day(result.last)} (${changes})`;
  const { symbol, read_as: readAs, rounded, left_out: leftOut, notes } = result;
  const read = readingParts({ readAs, rounded, leftOut });
  return [
    `${symbol}: ${[stored, ...read, `adjustment ${result.adjustment}`].join('; ')}`,
    ...notes.map((note) => `${symbol}: ${note}`),
  ];
}

/** The message that an answer may have cut. */
function wholeMessage({ message, details }: StoreError): string {
  return Array.isArray(details.first_faults) ? faultsMessage(details as unknown as FaultDetails) : message;
}
