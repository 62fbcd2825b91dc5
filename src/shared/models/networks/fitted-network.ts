import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import type { PredictiveDistribution } from '../../numerics/distributions/predictive-distribution.ts';
import { requireHistory } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import { distributionFromResiduals } from '../empirical-residuals.ts';
import type { FittedForecaster } from '../forecaster.ts';
import { requireRange, requireSteps } from '../require-steps.ts';
import { encodeNetworkArtifact, type NetworkArtifact } from './network-artifact.ts';
import { type BarForecast, forecastBars, type MonteCarloDropout } from './network-forecasts.ts';
import { firstForecastBar, networkInputs } from './network-inputs.ts';
import type { NetworkHyperparameters, NetworkKind } from './network-kind.ts';

/**
 * The passes with dropout that hyperparameters ask for; undefined for one without.
 *
 * @param most passes at most; default all
 */
export function monteCarloDropout(
  { dropout, monteCarloPasses }: NetworkHyperparameters,
  seed: number,
  most = monteCarloPasses,
): MonteCarloDropout | undefined {
  if (monteCarloPasses === 0) return undefined;
  return { passes: Math.min(monteCarloPasses, most), rate: dropout, seed };
}

/**
 * A fitted member made of networks: one, or several that are averaged.
 *
 * Its quantiles are those of the last 1,000 standardised residuals: the fit's up to its cutoff, then one for every bar of
 * the history after the cutoff. Bars up to the cutoff are forecast with the fit's own residuals (they are in sample anyway).
 */
export class FittedNetwork<H extends NetworkHyperparameters> implements FittedForecaster {
  readonly name: string;
  readonly #kind: NetworkKind<H>;
  readonly #artifact: NetworkArtifact<H>;

  constructor(kind: NetworkKind<H>, artifact: NetworkArtifact<H>) {
    this.name = kind.name;
    this.#kind = kind;
    this.#artifact = artifact;
  }

  /**
   * Forecasts of more than one step: the location beyond the first is the mean return of the fit; the variance returns
   * from the first step's to its mean by the autocorrelation of the log scale.
   *
   * @throws FitError `too_few_bars`, `not_finite`; InvalidInputError `invalid_steps`
   */
  predict(history: Series, steps = 1): PredictiveDistribution {
    requireSteps(steps);
    const end = history.close.length;
    return this.#forecasts(history, end, end + 1, steps)[0];
  }

  #cumulated(bar: BarForecast, steps: number): BarForecast {
    if (steps === 1) return bar;
    const { longRunVariance, persistence, meanReturn } = this.#artifact;
    let variance = 0;
    let excess = bar.scale * bar.scale - longRunVariance;
    for (let step = 0; step < steps; step++) {
      variance += longRunVariance + excess;
      excess *= persistence;
    }
    return { mean: bar.mean + (steps - 1) * meanReturn, scale: Math.sqrt(variance) };
  }

  /** @throws FitError `too_few_bars`, `not_finite`; InvalidInputError `invalid_range`, `invalid_steps` */
  predictRange(series: Series, from: number, to: number, steps = 1): PredictiveDistribution[] {
    requireSteps(steps);
    requireRange(from, to, series.close.length);
    if (from === to) return [];
    return this.#forecasts(series, from, to, steps);
  }

  toJSON(): Json {
    return encodeNetworkArtifact(this.#kind, this.#artifact);
  }

  #forecasts(series: Series, from: number, to: number, steps: number): PredictiveDistribution[] {
    const { cutoff, hyperparameters, networks, scaling, seed, symbol } = this.#artifact;
    const first = firstForecastBar(hyperparameters.lookback);
    requireHistory(series, from, first);
    requireHistory(series, to - 1, first);
    const inputs = networkInputs(series, scaling);
    // Bars realised between the fit's cutoff and the first forecast have their residuals in the pool.
    const known = series.times.findIndex((time) => time > cutoff);
    const start = Math.max(first, known === -1 ? from : Math.min(known, from));
    const bars = forecastBars(
      this.#kind,
      hyperparameters,
      networks,
      inputs,
      series.times,
      Int32Array.from({ length: to - start }, (_, i) => start + i - 1),
      monteCarloDropout(hyperparameters, seed),
    );
    const pool = this.#artifact.pool.copy();
    const forecasts: PredictiveDistribution[] = [];
    for (let i = start; i < to; i++) {
      const bar = bars[i - start];
      if (!Number.isFinite(bar.mean) || !Number.isFinite(bar.scale)) {
        throw new FitError(
          'not_finite',
          `The ${this.name}'s forecast of ${symbol} after ${series.times[i - 1]} is not finite`,
          { symbol, time: series.times[i - 1] },
        );
      }
      if (i >= from) {
        const { mean, scale } = this.#cumulated(bar, steps);
        forecasts.push(distributionFromResiduals(mean, scale, pool.sorted()));
      }
      if (i < to - 1 && series.times[i] > cutoff) {
        pool.push((inputs.returns[i] - bar.mean) / bar.scale);
      }
    }
    return forecasts;
  }
}
