import { type ArmaFilter, armaFilter } from '../arima/arma-filter.ts';
import { type ArmaModel, psiWeights } from '../arima/arma-model.ts';
import type { ReturnFilter } from '../filtered-residuals-forecaster.ts';
import type { VolatilityFilter } from '../garch/volatility-filter.ts';
import { startVolatilityFilter, type VolatilityModel } from '../garch/volatility-model.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';

/**
 * Mean x volatility: an ARMA mean whose innovations follow a volatility model.
 *
 * Over several steps the innovation that comes at step j moves all later returns too, so it enters the cumulated return
 * with the sum of the first steps - j + 1 psi weights; the variances add up with the squares of these.
 */
export class ArmaGarchFilter implements ReturnFilter {
  readonly #arma: ArmaModel;
  readonly #mean: ArmaFilter;
  readonly #volatility: VolatilityFilter;
  readonly #logMeasures: Float64Array | null;

  /** @param logMeasures by bar, NaN where there is none: needed by realized GARCH only, default none */
  constructor(arma: ArmaModel, volatility: VolatilityModel, logMeasures: Float64Array | null = null) {
    this.#arma = arma;
    this.#mean = armaFilter(arma);
    this.#volatility = startVolatilityFilter(volatility);
    this.#logMeasures = logMeasures;
  }

  forecast(steps: number): MeanAndScale {
    if (steps === 1) {
      return { mean: this.#arma.mean + this.#mean.expected(), scale: Math.sqrt(this.#volatility.variance) };
    }
    const deviations = this.#mean.forecast(steps);
    const variances = this.#volatility.forecast(steps);
    const psi = psiWeights(this.#arma, steps);
    const parts = new Float64Array(steps);
    let mean = 0;
    let variance = 0;
    let weight = 0;
    for (let k = 0; k < steps; k++) {
      mean += this.#arma.mean + deviations[k];
      weight += psi[k];
      parts[steps - 1 - k] = weight * weight * variances[steps - 1 - k];
      variance += parts[steps - 1 - k];
    }
    return { mean, scale: Math.sqrt(variance), variances: parts };
  }

  update(logReturn: number, bar: number): void {
    const innovation = this.#mean.update(logReturn - this.#arma.mean);
    this.#mean.advance();
    this.#volatility.update(innovation, this.#logMeasures?.[bar] ?? Number.NaN);
  }
}

/** The innovations of an ARMA mean along values: what a volatility model is fitted to. */
export function armaInnovations(values: Float64Array, arma: ArmaModel): Float64Array {
  const filter = armaFilter(arma);
  return values.map((value) => {
    const innovation = filter.update(value - arma.mean);
    filter.advance();
    return innovation;
  });
}
