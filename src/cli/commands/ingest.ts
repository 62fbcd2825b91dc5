import type { ReceivedTimeframe } from '../../shared/series/series.ts';
import { plumblineClient } from '../../shared/store/client.ts';
import { type LeftOutFile, leftOutLines, lookForBarFiles } from '../bar-files.ts';
import { requireChosenSymbols } from '../calendars/calendar-choice.ts';
import { storeChosenCalendars } from '../calendars/store-calendars.ts';
import type { StackAccess } from '../call-function.ts';
import { type RefusedSymbol, RefusedSymbols } from '../refused-symbols.ts';
import type { UploadOptions, UploadResult } from '../upload-bars.ts';
import { uploadFiles } from '../upload-files.ts';

/** What became of the files. */
interface Ingestion {
  readonly uploads: readonly UploadResult[];
  /** Files that were not stored, and why. */
  readonly refused: readonly RefusedSymbol[];
  /** Files of the directory that were not read. */
  readonly leftOut: readonly LeftOutFile[];
}

/**
 * `plumbline ingest FILE|DIR`: uploads one `SYMBOL.csv`, or every one of a directory. Of several files one that is refused does not keep
 * the others out.
 *
 * @param timeframe of the bars in the files
 * @param upload how they are stored
 * @param tell gets lines for people
 * @throws InvalidInputError when there is no such file; StoreError what `ingest-bars` refuses, where nothing is stored, or what is no fault of
 *   a file
 */
export async function ingest(
  stack: StackAccess,
  path: string,
  symbols: readonly string[] | undefined,
  timeframe: ReceivedTimeframe,
  upload: UploadOptions,
  tell: (line: string) => void,
): Promise<Ingestion> {
  const { files, leftOut } = lookForBarFiles(path, symbols, timeframe);
  for (const line of leftOutLines(leftOut)) tell(line);
  requireChosenSymbols(upload.calendar, files);
  const store = plumblineClient(stack.url, stack.secretKeys.default);
  const calendar = await storeChosenCalendars(store, upload.calendar, 'plumbline ingest', tell);
  const refused = new RefusedSymbols();
  const uploads = await uploadFiles(stack, files, { ...upload, calendar }, refused, tell);
  refused.settle(uploads.length, tell);
  return { uploads, refused: refused.list, leftOut };
}
