import ln from '@stdlib/math-base-special-ln';
import { percentInWords } from '../percent-in-words.ts';
import type { Driver, DriverInput } from './driver.ts';

/** Bars among which the last one is ranked: about a month of sessions. */
const RANKED_BARS = 22;

/**
 * The last bar's range, ln(high / low), among those of the last 22 bars. Null when no bar has a range, as where only closes are
 * known.
 */
export function lastRangeDriver({ history }: DriverInput): Driver | null {
  const bars = Math.min(RANKED_BARS, history.close.length);
  const from = history.close.length - bars;
  const ranges = Array.from({ length: bars }, (_, i) => ln(history.high[from + i] / history.low[from + i]));
  if (ranges.every((range) => range === 0)) return null;
  const last = ranges[bars - 1];
  const smaller = ranges.filter((range) => range < last).length;
  const larger = ranges.filter((range) => range > last).length;
  return {
    code: 'last_range',
    sentence: `The last bar's range, ${percentInWords(last)}, was ${rankInWords(smaller, larger, bars)}.`,
    figures: { range: last, smaller, larger, bars },
  };
}

function rankInWords(smaller: number, larger: number, bars: number): string {
  if (smaller === bars - 1) return `the largest of ${bars}`;
  if (larger === bars - 1) return `the smallest of ${bars}`;
  return `larger than ${smaller} and smaller than ${larger} of the ${bars - 1} before it`;
}
