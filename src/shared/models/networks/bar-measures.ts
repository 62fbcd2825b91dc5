import { returnsByBar } from '../../series/log-returns.ts';
import { garmanKlassOvernightVariance } from '../../series/range-measures.ts';
import type { Series } from '../../series/series.ts';
import { relativeLogVolume } from '../linear-path/relative-volume.ts';

/** Decay of the volatility that is known at a bar: RiskMetrics' for daily bars (1996). */
const DECAY = 0.94;

/**
 * Returns the volatility of a bar looks back on. A fixed number, so that it does not depend on where the series starts;
 * older ones would weigh 2 % in all.
 */
export const VOLATILITY_WINDOW = 60;

/** What can be measured of each bar when it has closed; arrays as long as the series. */
export interface BarMeasures {
  /** Log return from the bar before; NaN for the first bar. */
  readonly returns: Float64Array;
  /** Exponentially weighted mean of the last {@link VOLATILITY_WINDOW} squared returns; NaN where there are fewer. */
  readonly variance: Float64Array;
  /**
   * The largest move of the last {@link VOLATILITY_WINDOW} bars, by return or by the root of the variance that its
   * range shows; NaN where there are fewer.
   */
  readonly largestMove: Float64Array;
  /** See `relativeLogVolume`. */
  readonly relativeVolume: Float64Array;
}

/** Measures every bar of `series`; no measure sees a later bar. */
export function measureBars(series: Series): BarMeasures {
  const n = series.close.length;
  const returns = returnsByBar(series.close);
  const variance = new Float64Array(n).fill(Number.NaN);
  const rangeVariance = garmanKlassOvernightVariance(series);
  const weights = new Float64Array(VOLATILITY_WINDOW);
  let weight = 1;
  let total = 0;
  for (let k = 0; k < VOLATILITY_WINDOW; k++) {
    weights[k] = weight;
    total += weight;
    weight *= DECAY;
  }
  const largestMove = new Float64Array(n).fill(Number.NaN);
  for (let t = VOLATILITY_WINDOW; t < n; t++) {
    let sum = 0;
    let largest = 0;
    for (let k = 0; k < VOLATILITY_WINDOW; k++) sum += weights[k] * returns[t - k] * returns[t - k];
    for (let k = 0; k < VOLATILITY_WINDOW; k++) {
      largest = Math.max(largest, Math.abs(returns[t - k]), Math.sqrt(rangeVariance[t - k]));
    }
    variance[t] = sum / total;
    largestMove[t] = largest;
  }
  return { returns, variance, largestMove, relativeVolume: relativeLogVolume(series.volume) };
}
