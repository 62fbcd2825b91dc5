import type { Series } from '../../series/series.ts';
import type { ReturnFilter } from '../filtered-residuals-forecaster.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';
import { revertingVariances } from '../over-steps/reverting-variances.ts';
import { type BarFeatures, barFeatures, FIRST_FEATURE_BAR } from './bar-features.ts';
import { expectedReturn, type GbModel } from './gb-model.ts';

/**
 * Runs a fitted model along bars.
 *
 * Beyond the first step the mean is the fit's mean return, and the variance returns from the first step's to its long-run
 * mean by the autocorrelation of the log scale; means and variances of the steps add up.
 */
export class GbFilter implements ReturnFilter {
  readonly #model: GbModel;
  readonly #features: BarFeatures;
  /** The last bar that is known. */
  #bar = 0;

  /** @param series a bar's features are used when its return has arrived, and depend on no later bar */
  constructor(model: GbModel, series: Series) {
    this.#model = model;
    this.#features = barFeatures(series, model.returnDeviation);
  }

  forecast(steps: number): MeanAndScale | null {
    if (this.#bar < FIRST_FEATURE_BAR) return null;
    const next = expectedReturn(this.#model, this.#features, this.#bar);
    if (steps === 1) return next;
    const { longRunVariance, persistence, meanReturn } = this.#model;
    const variances = revertingVariances(steps, next.scale * next.scale, longRunVariance, persistence);
    const variance = variances.reduce((sum, value) => sum + value, 0);
    return { mean: next.mean + (steps - 1) * meanReturn, scale: Math.sqrt(variance), variances };
  }

  update(_logReturn: number, bar: number): void {
    this.#bar = bar;
  }
}
