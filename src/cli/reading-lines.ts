import type { FileReading } from '../shared/market-data/file-reading.ts';
import { ROUNDING_TOLERANCE } from '../shared/series/check-bar.ts';
import { counted } from '../shared/wording/counted.ts';

/** What was found in a file, for a line for people. */
export function readingParts({
  readAs,
  rounded,
  leftOut,
}: Pick<FileReading, 'readAs' | 'rounded' | 'leftOut'>): string[] {
  return [
    `read as ${readAs}`,
    ...(rounded === 0
      ? []
      : [
          `${counted(rounded, 'bar')} had a price outside of it by rounding (at most ${ROUNDING_TOLERANCE} of the price)`,
        ]),
    ...(leftOut === 0 ? [] : [`${counted(leftOut, 'row')} outside of the dates left out`]),
  ];
}

/** The same of a file that is not stored: a line, and one for each note. Nothing where there is nothing to say. */
export function readingLines(symbol: string, reading: FileReading): string[] {
  const { readAs, notes } = reading;
  const parts = readingParts(reading);
  if (readAs === 'plain CSV' && parts.length === 1 && notes.length === 0) return [];
  return [parts.join('; '), ...notes].map((line) => `${symbol}: ${line}`);
}
