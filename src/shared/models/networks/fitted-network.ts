import { parseDate } from '../../calendars/civil-date.ts';
import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import type { PredictiveDistribution } from '../../numerics/distributions/predictive-distribution.ts';
import { logReturns } from '../../series/log-returns.ts';
import { requireHistory } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import { comingPosition, sessionPositions } from '../../series/session-positions.ts';
import { distributionFromResiduals, type ResidualPool } from '../empirical-residuals.ts';
import type { FittedForecaster } from '../forecaster.ts';
import { SessionResiduals } from '../half-session/session-residuals.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';
import { CumulatedResiduals } from '../over-steps/cumulated-residuals.ts';
import { revertingVariances } from '../over-steps/reverting-variances.ts';
import { requireRange, requireSteps } from '../require-steps.ts';
import { encodeNetworkArtifact, type NetworkArtifact } from './network-artifact.ts';
import { type BarForecast, forecastBars, type MonteCarloDropout } from './network-forecasts.ts';
import { firstForecastBar, NETWORK_COEFFICIENTS, networkInputs } from './network-inputs.ts';
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
 * One bar in so many gives a residual over several steps: outcomes that overlap by most of their steps say the same,
 * and cost a pass.
 */
function strideOf(steps: number): number {
  return Math.ceil(steps / 4);
}

/**
 * A fitted member made of networks: one, or several that are averaged.
 *
 * Its quantiles are those of the last 1,000 standardised residuals: the fit's up to its cutoff, then one for every
 * bar of the history after the cutoff; of half sessions and bars of eight hours see {@link SessionResiduals}. Bars up
 * to the cutoff are forecast with the fit's own residuals (they are in sample anyway).
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
   * Forecasts of more than one step: the location beyond the first is the mean return of the fit; the variance
   * returns from the first step's to its mean by the autocorrelation of the log scale; the shape see
   * {@link CumulatedResiduals}. For its residuals over several steps, in sample up to the fit's cutoff, the networks
   * forecast one bar in so many: see {@link strideOf}.
   *
   * @throws FitError `too_few_bars`, `not_finite`; InvalidInputError `invalid_steps`
   */
  predict(history: Series, steps = 1): PredictiveDistribution {
    requireSteps(steps);
    const end = history.close.length;
    return this.#forecasts(history, end, end + 1, steps)[0];
  }

  #cumulated(bar: BarForecast, steps: number): MeanAndScale {
    const { longRunVariance, persistence, meanReturn } = this.#artifact;
    const variances = revertingVariances(steps, bar.scale * bar.scale, longRunVariance, persistence);
    const variance = variances.reduce((sum, value) => sum + value, 0);
    return { mean: bar.mean + (steps - 1) * meanReturn, scale: Math.sqrt(variance), variances };
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
    const stride = strideOf(steps);
    const cumulated =
      steps === 1
        ? null
        : new CumulatedResiduals(steps, logReturns(series.close.subarray(0, to - 1), steps), stride);
    // By the date, so that it does not matter where a series starts.
    const isKept = (bar: number) =>
      cumulated !== null && parseDate(series.times[bar].slice(0, 10)) % stride === 0;
    const earlier = cumulated === null ? [] : cumulated.lastBars(first, start, from, isKept);
    const order = [...earlier, ...Array.from({ length: to - start }, (_, i) => start + i)];
    const bars = forecastBars(
      this.#kind,
      hyperparameters,
      networks,
      inputs,
      series.times,
      Int32Array.from(order, (bar) => bar - 1),
      monteCarloDropout(hyperparameters, seed),
    );
    const pool = this.#artifact.pool.copy();
    const sessions = this.#sessionResiduals(pool);
    const positions = sessions === null ? [] : sessionPositions(series);
    const ofOneStep = ({ mean, scale }: BarForecast, i: number) =>
      sessions === null
        ? distributionFromResiduals(mean, scale, pool.sorted())
        : sessions.distribution(
            { mean, scale },
            comingPosition(series, i - 1),
            inputs.largestMove[i - 1] || Number.POSITIVE_INFINITY,
          );
    const forecasts: PredictiveDistribution[] = [];
    for (const [place, i] of order.entries()) {
      const bar = bars[place];
      if (!Number.isFinite(bar.mean) || !Number.isFinite(bar.scale)) {
        throw new FitError(
          'not_finite',
          `The ${this.name}'s forecast of ${symbol} after ${series.times[i - 1]} is not finite`,
          { symbol, time: series.times[i - 1] },
        );
      }
      if (i >= from) {
        cumulated?.endBefore(i);
        forecasts.push(
          cumulated?.distribution(this.#cumulated(bar, steps), pool.sorted()) ?? ofOneStep(bar, i),
        );
      }
      if (i < to - 1 && isKept(i)) cumulated?.keep(i, this.#cumulated(bar, steps));
      if (i >= start && i < to - 1 && series.times[i] > cutoff) {
        const residual = (inputs.returns[i] - bar.mean) / bar.scale;
        if (sessions === null) pool.push(residual);
        else sessions.push(residual, positions[i]);
      }
    }
    return forecasts;
  }

  /** With a pool that it adds to; null where residuals are taken as they are. */
  #sessionResiduals(pool: ResidualPool): SessionResiduals | null {
    const { residualScales } = this.#artifact;
    return (
      residualScales && new SessionResiduals(NETWORK_COEFFICIENTS, undefined, pool, residualScales.copy())
    );
  }
}
