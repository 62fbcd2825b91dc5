import { readFileSync } from 'node:fs';
import { StoreError } from '../shared/errors/store-error.ts';
import type { BarFile } from './bar-files.ts';
import { callFunction, type StackAccess } from './call-function.ts';

/** What `ingest-bars` answers. */
export interface UploadResult {
  readonly symbol: string;
  readonly given: number;
  readonly inserted: number;
  readonly changed: number;
  readonly stored: number;
  readonly first: string;
  readonly last: string;
  /** When the series was last changed, ISO 8601 in UTC. */
  readonly stored_at: string;
}

/** Sends a file to `ingest-bars`. @throws StoreError with the function's code; the message names the file */
export async function uploadBars(stack: StackAccess, file: BarFile): Promise<UploadResult> {
  const query = new URLSearchParams({ symbol: file.symbol, feed: file.feed, adjustment: file.adjustment });
  try {
    const { body } = await callFunction(stack, `ingest-bars?${query}`, {
      method: 'POST',
      body: readFileSync(file.path, 'utf8'),
      contentType: 'text/csv',
    });
    return body as UploadResult;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(error.code, `${file.path}: ${error.message}`, error.status);
  }
}

/** One line for people. */
export function describeUpload(result: UploadResult): string {
  const day = (time: string) => time.slice(0, 10);
  const changes = `${result.inserted} new, ${result.changed} changed`;
  return `${result.symbol}: ${result.stored} bars, ${day(result.first)} to ${day(result.last)} (${changes})`;
}
