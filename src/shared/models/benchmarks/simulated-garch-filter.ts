import type { ArmaModel } from '../arima/arma-model.ts';
import { ArmaGarchFilter } from '../arima-garch/arma-garch-filter.ts';
import type { ReturnFilter } from '../filtered-residuals-forecaster.ts';
import type { GarchModel } from '../garch/garch-model.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';
import { PATHS, pathStrata, residualsByStratum } from '../over-steps/residual-paths.ts';

/**
 * A constant mean and GARCH(1,1) along returns; several steps are simulated (Barone-Adesi, Giannopoulos and Vosper
 * 1999): each path draws residuals, and its variance answers to them.
 */
export class SimulatedGarchFilter implements ReturnFilter {
  readonly #arma: ArmaModel;
  readonly #garch: GarchModel;
  readonly #filter: ArmaGarchFilter;

  /** @param arma without lags */
  constructor(arma: ArmaModel, garch: GarchModel) {
    this.#arma = arma;
    this.#garch = garch;
    this.#filter = new ArmaGarchFilter(arma, garch);
  }

  forecast(steps: number): MeanAndScale {
    return this.#filter.forecast(steps);
  }

  update(logReturn: number, bar: number): void {
    this.#filter.update(logReturn, bar);
  }

  simulate(steps: number, scale: number, sortedResiduals: Float64Array): Float64Array {
    const { omega, alpha, gamma, beta } = this.#garch;
    const { mean } = this.#arma;
    const variances = new Float64Array(PATHS).fill(scale * scale);
    const returns = new Float64Array(PATHS);
    const residuals = residualsByStratum(sortedResiduals);
    for (let step = 0; step < steps; step++) {
      const strata = pathStrata()[step];
      for (let path = 0; path < returns.length; path++) {
        const innovation = Math.sqrt(variances[path]) * residuals[strata[path]];
        const reaction = innovation < 0 ? alpha + gamma : alpha;
        returns[path] += mean + innovation;
        variances[path] = omega + reaction * innovation * innovation + beta * variances[path];
      }
    }
    return returns.sort();
  }
}
