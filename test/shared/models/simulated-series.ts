import exp from '@stdlib/math-base-special-exp';
import { formatDate, parseDate } from '../../../src/shared/calendars/civil-date.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import type { Series } from '../../../src/shared/series/series.ts';
import { uncheckedSeries } from '../series/unchecked-series.ts';

/**
 * Daily bars with clustered volatility, a leverage effect and fat tails, the same for the same seed. Log returns have a
 * standard deviation of about 1 %.
 */
export function simulatedSeries(seed: number, bars: number): Series {
  const random = new SeededRandom(seed);
  const first = parseDate('2000-01-03');
  const series = uncheckedSeries({
    symbol: `SIM${seed}`,
    timeframe: '1D',
    times: Array.from({ length: bars }, (_, i) => formatDate(first + i)),
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars),
    close: new Float64Array(bars),
    volume: new Float64Array(bars),
  });
  let price = 100;
  let variance = 1e-4;
  for (let i = 0; i < bars; i++) {
    const shock = random.normal() * (random.uniform() < 0.05 ? 2 : 0.9);
    const move = Math.sqrt(variance) * shock;
    variance = 2e-6 + (move < 0 ? 0.13 : 0.03) * move * move + 0.9 * variance;
    const open = price * exp(0.3 * Math.sqrt(variance) * random.normal());
    const close = price * exp(0.0003 + move);
    series.open[i] = open;
    series.close[i] = close;
    series.high[i] = Math.max(open, close) * exp(0.5 * Math.sqrt(variance) * random.uniform());
    series.low[i] = Math.min(open, close) * exp(-0.5 * Math.sqrt(variance) * random.uniform());
    series.volume[i] = Math.floor(1e6 * (1 + random.uniform()));
    price = close;
  }
  return series;
}

/** A copy whose columns can be changed without touching the original. */
export function copySeries(series: Series): Series {
  return {
    ...series,
    open: series.open.slice(),
    high: series.high.slice(),
    low: series.low.slice(),
    close: series.close.slice(),
    volume: series.volume.slice(),
  };
}

/** The same bars with every price multiplied. */
export function scalePrices(series: Series, factor: number): Series {
  const times = (column: Float64Array) => column.map((price) => price * factor);
  return {
    ...series,
    open: times(series.open),
    high: times(series.high),
    low: times(series.low),
    close: times(series.close),
  };
}
