import { percentInWords } from '../percent-in-words.ts';
import { quantileAt } from '../quantile-at.ts';
import type { Driver, DriverInput } from './driver.ts';

/** How far the 5 and the 95 % quantile lie from the median. Null when one of them is the median. */
export function tailsDriver({ forecast }: DriverInput): Driver | null {
  const [low, median, high] = [0.05, 0.5, 0.95].map((level) => quantileAt(forecast.distribution, level));
  const [below, above] = [median - low, high - median];
  if (!(below > 0 && above > 0)) return null;
  return {
    code: 'tails',
    sentence: `The 5 % quantile lies ${(below / above).toFixed(2)} times as far from the median as the 95 % quantile: ${percentInWords(below)} below against ${percentInWords(above)} above.`,
    figures: { ratio: below / above, below, above },
  };
}
