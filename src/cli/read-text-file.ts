import { readFileSync } from 'node:fs';
import { readable } from './readable.ts';

/**
 * The text of a file: UTF-8, or UTF-16 where a byte order mark says so, as spreadsheets save "Unicode text".
 *
 * @throws InvalidInputError `unreadable_file`
 */
export function readTextFile(path: string): string {
  const bytes = readable(path, () => readFileSync(path));
  const mark = bytes[0] * 256 + bytes[1];
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
