import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import type { Series } from '../../../../src/shared/series/series.ts';
import { copySeries, simulatedSeries } from '../simulated-series.ts';

/**
 * Bars whose standard deviation is 0.0005 times the level of the covariate VIX at the bar before, which is drawn anew
 * each bar: the bars' own past does not show it. The range of SPY says the same.
 */
export function seriesLedByCovariates(bars: number): Series {
  const random = new SeededRandom(31);
  const level = Float64Array.from({ length: bars }, () => 20 * Math.exp(0.5 * random.normal()));
  const led = copySeries(simulatedSeries(8, bars));
  for (let t = 1; t < bars; t++) {
    const width = 0.0005 * level[t - 1];
    const move = (price: number, size: number) => price * Math.exp(width * size);
    led.open[t] = led.close[t - 1];
    led.close[t] = move(led.open[t], random.normal());
    led.high[t] = move(Math.max(led.open[t], led.close[t]), 0.5 * random.uniform());
    led.low[t] = move(Math.min(led.open[t], led.close[t]), -0.5 * random.uniform());
  }
  return {
    ...led,
    covariates: [
      { symbol: 'VIX', measure: 'level', values: level },
      { symbol: 'SPY', measure: 'range', values: level.map((value) => (0.0005 * value) ** 2) },
    ],
  };
}
