import type { BarFile } from './bar-files.ts';
import type { StackAccess } from './call-function.ts';
import type { RefusedSymbols } from './refused-symbols.ts';
import { type UploadOptions, type UploadResult, uploadBars, uploadLines } from './upload-bars.ts';

/**
 * Sends files to `ingest-bars`, one after the other. One that is refused does not keep the others out.
 *
 * @param refused gets the symbols whose files are refused
 * @param tell gets lines for people
 * @returns what was stored of the others
 * @throws StoreError what is no fault of a file
 */
export async function uploadFiles(
  stack: StackAccess,
  files: readonly BarFile[],
  options: UploadOptions | undefined,
  refused: RefusedSymbols,
  tell: (line: string) => void,
): Promise<UploadResult[]> {
  const uploads: UploadResult[] = [];
  for (const file of files) {
    try {
      const result = await uploadBars(stack, file, options);
      for (const line of uploadLines(result)) tell(line);
      uploads.push(result);
    } catch (error) {
      refused.add(file.symbol, error);
    }
  }
  return uploads;
}
