import { logReturns } from '../series/log-returns.ts';
import type { Series } from '../series/series.ts';

/** Log returns summed up to a cutoff; enough to go on when more bars are known. */
export interface ReturnSum {
  /** Time of the last bar in the sum. */
  readonly cutoff: string;
  readonly sum: number;
  readonly count: number;
}

/** The sum over all bars of `series`. */
export function sumReturns(series: Series): ReturnSum {
  const returns = logReturns(series.close);
  let sum = 0;
  for (const value of returns) sum += value;
  return { cutoff: series.times[series.times.length - 1], sum, count: returns.length };
}

/**
 * Half the mean log return of all bars known before each of the bars `from` to `to` - 1 of `series`.
 *
 * Bars after the known sum's cutoff continue it, so that it does not matter where `series` starts. Before the cutoff the
 * mean is that of `series` itself, from its first bar. Half, because a mean of a few years promises about twice what comes.
 *
 * @param from at least 1; a bar before which no return is known has 0
 */
export function halfExpandingMeans(series: Series, from: number, to: number, known: ReturnSum): Float64Array {
  const returns = logReturns(series.close);
  const halves = new Float64Array(to - from);
  let sum = 0;
  let count = 0;
  let pastCutoff = false;
  for (let bar = 0; bar < to; bar++) {
    if (bar >= from && count > 0) halves[bar - from] = sum / count / 2;
    if (bar === series.times.length) break;
    if (!pastCutoff && series.times[bar] >= known.cutoff) {
      pastCutoff = true;
      sum = known.sum;
      count = known.count;
      if (series.times[bar] === known.cutoff) continue;
    }
    if (bar > 0) {
      sum += returns[bar - 1];
      count++;
    }
  }
  return halves;
}
