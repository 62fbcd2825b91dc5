import { FitError } from '../errors/fit-error.ts';
import type { Json } from '../json.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import { logReturns } from '../series/log-returns.ts';
import { requireHistory } from '../series/require-fit-series.ts';
import type { Series } from '../series/series.ts';
import { distributionOfShape } from './distribution-of-shape.ts';
import { distributionFromResiduals, ResidualPool } from './empirical-residuals.ts';
import type { FittedForecaster } from './forecaster.ts';
import { requireRange, requireSteps } from './require-steps.ts';

/** What a filter expects of the log return over the next steps, cumulated. */
export interface MeanAndScale {
  readonly mean: number;
  /** Standard deviation; positive. */
  readonly scale: number;
}

/** A mean and volatility model with fixed parameters, run along log returns. */
export interface ReturnFilter {
  /** The forecast from here. Null as long as the filter has seen too little to forecast. */
  forecast(steps: number): MeanAndScale | null;
  /** Takes the log return that came, into bar `bar` of the series that the filter was started for. */
  update(logReturn: number, bar: number): void;
}

/** Returns that must have been seen before the largest of them says anything about the scale. */
const ENOUGH_RETURNS = 60;

/**
 * A fitted model whose forecasts have the shape of its own last 1,000 standardised residuals, or a fixed shape.
 *
 * The residual of a bar is (log return - mean) / scale of the one-step forecast made before it, so everything that a
 * forecast of bar i uses lies before bar i. Over several steps mean and variance are cumulated, and the quantiles are
 * `mean + scale * z` with the quantiles z of the one-step residuals: the shape is not carried towards the normal, which is
 * slightly too wide far out in the tails for long horizons.
 *
 * No standard deviation is above the largest return: after a price error of 50 standard deviations some filters would say
 * more than that, by powers of ten. The scale is held at the largest return seen so far, times the root of the steps.
 */
export class FilteredResidualsForecaster implements FittedForecaster {
  readonly name: string;
  readonly #minimumBars: number;
  readonly #startFilter: (series: Series) => ReturnFilter;
  readonly #artifact: Json;
  readonly #shape: Float64Array | null;

  /**
   * @param startFilter a filter before its first return; of the series' bars it looks at those only that `update` has named
   * @param artifact what `toJSON` gives
   * @param shape quantiles at `QUANTILE_LEVELS` of every standardised residual, never decreasing; default those of the last
   *   1,000
   */
  constructor(
    name: string,
    minimumBars: number,
    startFilter: (series: Series) => ReturnFilter,
    artifact: Json,
    shape: Float64Array | null = null,
  ) {
    this.name = name;
    this.#minimumBars = minimumBars;
    this.#startFilter = startFilter;
    this.#artifact = artifact;
    this.#shape = shape;
  }

  predict(history: Series, steps = 1): PredictiveDistribution {
    requireSteps(steps);
    const bars = history.close.length;
    requireHistory(history, bars, this.#minimumBars);
    return this.#run(history, logReturns(history.close), bars, bars + 1, steps)[0];
  }

  predictRange(series: Series, from: number, to: number, steps = 1): PredictiveDistribution[] {
    requireSteps(steps);
    requireRange(from, to, series.close.length);
    if (from === to) return [];
    requireHistory(series, from, this.#minimumBars);
    requireHistory(series, to - 1, this.#minimumBars);
    return this.#run(series, logReturns(series.close.subarray(0, to - 1)), from, to, steps);
  }

  toJSON(): Json {
    return this.#artifact;
  }

  /** Forecasts that begin with the bars `from` to `to` - 1; bar i comes after return i - 2 (return j leads from bar j to j + 1). */
  #run(
    series: Series,
    returns: Float64Array,
    from: number,
    to: number,
    steps: number,
  ): PredictiveDistribution[] {
    const filter = this.#startFilter(series);
    const pool = new ResidualPool();
    const forecasts: PredictiveDistribution[] = [];
    let largest = 0;
    const expect = (bar: number, steps: number): MeanAndScale | null => {
      const expected = filter.forecast(steps);
      if (expected === null || bar <= ENOUGH_RETURNS || largest === 0) return expected;
      return { mean: expected.mean, scale: Math.min(expected.scale, largest * Math.sqrt(steps)) };
    };
    for (let bar = 1; bar < to; bar++) {
      if (bar >= from) {
        const expected = expect(bar, steps);
        if (expected === null) {
          throw new FitError(
            'constant_series',
            `${this.name} found no movement before bar ${bar} to forecast from`,
            {
              forecaster: this.name,
              bar,
            },
          );
        }
        forecasts.push(
          this.#shape === null
            ? distributionFromResiduals(expected.mean, expected.scale, pool.sorted())
            : distributionOfShape(expected.mean, expected.scale, this.#shape),
        );
      }
      if (bar + 1 === to) break;
      const value = returns[bar - 1];
      if (this.#shape === null) {
        const expected = expect(bar, 1);
        if (expected !== null) pool.push((value - expected.mean) / expected.scale);
      }
      filter.update(value, bar);
      largest = Math.max(largest, Math.abs(value));
    }
    return forecasts;
  }
}
