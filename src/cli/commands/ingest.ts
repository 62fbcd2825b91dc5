import type { ReceivedTimeframe } from '../../shared/series/series.ts';
import { findBarFiles } from '../bar-files.ts';
import type { StackAccess } from '../call-function.ts';
import { type UploadOptions, type UploadResult, uploadBars, uploadLines } from '../upload-bars.ts';

/**
 * `plumbline ingest FILE|DIR`: uploads one `SYMBOL.csv`, or every one of a directory.
 *
 * @param timeframe of the bars in the files
 * @param upload how they are stored
 * @param tell gets a line a file, when it is stored
 * @throws InvalidInputError when there is no such file; StoreError what `ingest-bars` refuses
 */
export async function ingest(
  stack: StackAccess,
  path: string,
  symbols: readonly string[] | undefined,
  timeframe: ReceivedTimeframe,
  upload: UploadOptions,
  tell: (line: string) => void,
): Promise<UploadResult[]> {
  const results: UploadResult[] = [];
  for (const file of findBarFiles(path, symbols, timeframe)) {
    const result = await uploadBars(stack, file, upload);
    for (const line of uploadLines(result)) tell(line);
    results.push(result);
  }
  return results;
}
