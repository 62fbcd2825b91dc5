import exp from '@stdlib/math-base-special-exp';
import { psiWeights } from '../arima/arma-model.ts';
import type { ReturnFilter } from '../filtered-residuals-forecaster.ts';
import { HeldLogMeasure } from '../linear-path/held-log-measure.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';
import { HAR_MEMORY, type HarModel, harAutoregression, harRegressors } from './har-model.ts';

/**
 * Runs a HAR model along bars.
 *
 * The first step is the path's, where one is given; further ones follow their own past alone: what covariates will be
 * is not known. The log measure of step k is forecast by putting the forecasts of the steps before it where
 * observations are missing. A variance is then `calibration * exp(forecast + error variance / 2)`, the mean of a
 * lognormal, where the error variance of step k sums the squares of the first k psi weights of the model's
 * autoregression; the variances of the steps add up.
 */
export class HarFilter implements ReturnFilter {
  readonly #model: HarModel;
  readonly #measures: Float64Array;
  readonly #path: Float64Array | undefined;
  readonly #psi: Float64Array;
  readonly #floor = new HeldLogMeasure();
  /** The last 22 log measures at most. */
  readonly #logs: number[] = [];
  /** The last bar that is known. */
  #bar = 0;

  /**
   * @param measures a variance measure per bar; that of a bar is read when its return arrives. The first bar's is not used:
   *   nothing is known of its night.
   * @param path log measure expected at each bar of the next one by somebody who knows more; NaN where they do not.
   *   Default: the model's own
   */
  constructor(model: HarModel, measures: Float64Array, path?: Float64Array) {
    this.#model = model;
    this.#measures = measures;
    this.#path = path;
    this.#psi = psiWeights({ ar: harAutoregression(model), ma: [] }, HAR_MEMORY);
  }

  forecast(steps: number): MeanAndScale | null {
    if (this.#logs.length < HAR_MEMORY) return null;
    const { intercept, daily, weekly, monthly, errorVariance, calibration, mean } = this.#model;
    const logs = this.#logs.slice();
    const variances = new Float64Array(steps);
    let logVariance = 0;
    let variance = 0;
    for (let k = 0; k < steps; k++) {
      const [day, week, month] = harRegressors(logs);
      const known = k === 0 && this.#path !== undefined ? this.#path[this.#bar] : Number.NaN;
      const expected = Number.isNaN(known)
        ? intercept + daily * day + weekly * week + monthly * month
        : known;
      logs.push(expected);
      logVariance += errorVariance * this.#psi[k] * this.#psi[k];
      variances[k] = calibration * exp(expected + 0.5 * logVariance);
      variance += variances[k];
    }
    return { mean: steps * mean, scale: Math.sqrt(variance), variances };
  }

  update(_logReturn: number, bar: number): void {
    this.#bar = bar;
    const log = this.#floor.next(this.#measures[bar]);
    if (log === null) return;
    this.#logs.push(log);
    if (this.#logs.length > HAR_MEMORY) this.#logs.shift();
  }
}
