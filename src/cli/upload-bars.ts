import { StoreError } from '../shared/errors/store-error.ts';
import type { Timeframe } from '../shared/series/series.ts';
import { type BarFile, readBarFile } from './bar-files.ts';
import { callFunction, type StackAccess } from './call-function.ts';

/** What `ingest-bars` answers. */
export interface UploadResult extends StoredSeries {
  readonly symbol: string;
  readonly given: number;
  readonly inserted: number;
  readonly changed: number;
  /** Stored bars that the upload lacked: with `replace` they are gone. */
  readonly deleted: number;
  /** The series that is made from this one: of an upload of `4h`, the bars of `8h`, unless there are none yet. */
  readonly derived?: StoredSeries;
}

/** How a file is stored. */
export interface UploadOptions {
  /** The file is the whole series from now on: stored bars that it lacks are deleted. Default: false. */
  readonly replace?: boolean;
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

/** The refusals whose cause is in the file: what parseCsvBars throws, its size, and what the stored bars contradict. */
const FAULTS_OF_THE_FILE: ReadonlySet<string> = new Set([
  'empty_file',
  'not_csv',
  'missing_column',
  'malformed_csv',
  'no_bars',
  'too_many_bars',
  'invalid_date',
  'not_a_half_session',
  'future_date',
  'duplicate_date',
  'disordered_date',
  'invalid_price',
  'invalid_volume',
  'inconsistent_bar',
  'body_too_large',
  'mixed_sources',
  'restated_history',
  'series_changed',
]);

/**
 * Sends a file to `ingest-bars`.
 *
 * @throws InvalidInputError `unreadable_file`; StoreError with the function's code, its message naming the file when the fault is
 *   the file's
 */
export async function uploadBars(
  stack: StackAccess,
  file: BarFile,
  { replace = false }: UploadOptions = {},
): Promise<UploadResult> {
  const { symbol, timeframe, feed, adjustment } = file;
  const query = new URLSearchParams({ symbol, timeframe, feed, adjustment, replace: String(replace) });
  const body = readBarFile(file);
  try {
    const answer = await callFunction(stack, `ingest-bars?${query}`, {
      method: 'POST',
      body,
      contentType: 'text/csv',
    });
    return answer.body as UploadResult;
  } catch (error) {
    if (!(error instanceof StoreError) || !FAULTS_OF_THE_FILE.has(error.code)) throw error;
    throw new StoreError(error.code, `${file.path}: ${error.message}`, error.status);
  }
}

/** One line for people. */
export function describeUpload(result: UploadResult): string {
  const day = (time: string) => time.slice(0, 10);
  const deleted = result.deleted > 0 ? `, ${result.deleted} deleted` : '';
  const changes = `${result.inserted} new, ${result.changed} changed${deleted}`;
  const kind = result.timeframe === '4h' ? 'half sessions' : 'bars';
  return `${result.symbol}: ${result.stored} ${kind}, ${day(result.first)} to ${day(result.last)} (${changes})`;
}
