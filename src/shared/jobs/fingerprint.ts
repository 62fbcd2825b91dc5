import type { Series } from '../series/series.ts';

/**
 * Tells two series apart: 32 bits over every byte of every column and every time (FNV-1a), as hexadecimal. A checkpoint is resumed only on the very
 * bars it was made with; history can be restated while a job waits.
 */
export function fingerprint(series: Series): string {
  let hash = 0x811c9dc5;
  for (const column of [series.open, series.high, series.low, series.close, series.volume]) {
    for (const byte of new Uint8Array(column.buffer, column.byteOffset, column.byteLength)) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
  }
  for (const character of series.times.join('|')) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
