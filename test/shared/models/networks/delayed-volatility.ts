import { formatDate, parseDate } from '../../../../src/shared/calendars/civil-date.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import type { Series } from '../../../../src/shared/series/series.ts';
import { uncheckedSeries } from '../../series/unchecked-series.ts';

/**
 * Bars that move four times as much whenever the range of the bar three before was wide; the linear path, which sees
 * means of ranges, does not tell.
 */
export function delayedVolatility(bars: number): Series {
  const random = new SeededRandom(5);
  const wide = Array.from({ length: bars }, () => random.uniform() < 0.5);
  const close = new Float64Array(bars);
  const before = new Float64Array(bars);
  let price = 100;
  for (let i = 0; i < bars; i++) {
    before[i] = price;
    price *= Math.exp((i >= 3 && wide[i - 3] ? 0.02 : 0.005) * random.normal());
    close[i] = price;
  }
  const span = (i: number) => (wide[i] ? 1.06 : 1.001);
  return uncheckedSeries({
    ...{ symbol: 'DELAY', timeframe: '1D', volume: close.map(() => Number.NaN), open: before, close },
    times: Array.from({ length: bars }, (_, i) => formatDate(parseDate('2000-01-03') + i)),
    high: close.map((value, i) => Math.max(value, before[i]) * span(i)),
    low: close.map((value, i) => Math.min(value, before[i]) / span(i)),
  });
}
