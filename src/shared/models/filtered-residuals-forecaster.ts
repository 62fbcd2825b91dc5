import { FitError } from '../errors/fit-error.ts';
import type { Json } from '../json.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import { logReturns } from '../series/log-returns.ts';
import { requireHistory } from '../series/require-fit-series.ts';
import type { Series } from '../series/series.ts';
import { comingPosition, sessionPositions } from '../series/session-positions.ts';
import { distributionOfShape } from './distribution-of-shape.ts';
import { distributionFromResiduals, ResidualPool } from './empirical-residuals.ts';
import type { FittedForecaster } from './forecaster.ts';
import { hasShortWindows, SessionResiduals } from './half-session/session-residuals.ts';
import { largestMoves } from './largest-moves.ts';
import type { MeanAndScale } from './mean-and-scale.ts';
import { CumulatedResiduals } from './over-steps/cumulated-residuals.ts';
import { requireRange, requireSteps } from './require-steps.ts';

/** A mean and volatility model with fixed parameters, run along log returns. */
export interface ReturnFilter {
  /** The forecast from here. Null as long as the filter has seen too little to forecast. */
  forecast(steps: number): MeanAndScale | null;
  /** Takes the log return that came, into bar `bar` of the series that the filter was started for. */
  update(logReturn: number, bar: number): void;
  /**
   * Simulates the log return over several steps from here, if the model can: then its shape is that of the paths.
   *
   * @param scale standard deviation of the first step
   * @param sortedResiduals standardised residuals of one step, ascending; at least one
   * @returns one a path, ascending
   */
  simulate?(steps: number, scale: number, sortedResiduals: Float64Array): Float64Array;
}

/** How a fitted model's residuals become the shape of its forecasts. */
export interface ResidualOptions {
  /**
   * Quantiles at `QUANTILE_LEVELS` of every standardised residual, of variance 1, never decreasing; default those of
   * the last 1,000 residuals.
   */
  readonly shape?: Float64Array | null;
  /**
   * Coefficients that the fit estimated; default none are told, as of a benchmark: residuals are taken as they are on
   * all bars.
   */
  readonly coefficients?: number | null;
}

/**
 * A fitted model whose forecasts have the shape of its own last 1,000 standardised residuals, or a fixed shape.
 *
 * The residual of a bar is (log return - mean) / scale of the one-step forecast made before it, so everything that a
 * forecast of bar i uses lies before bar i. Over several steps mean and variance are cumulated; the shape, fixed for
 * one step or not, is that of simulated paths where the filter simulates them, and else see
 * {@link CumulatedResiduals}.
 *
 * Of half sessions and bars of eight hours a member, which says how many coefficients it estimated, takes
 * {@link SessionResiduals} for one step. Benchmarks do not: they are what the field knows by their names.
 *
 * The scale is held at the largest return seen so far (see {@link largestMoves}), times the root of the steps.
 */
export class FilteredResidualsForecaster implements FittedForecaster {
  readonly name: string;
  readonly #minimumBars: number;
  readonly #startFilter: (series: Series) => ReturnFilter;
  readonly #artifact: Json;
  readonly #shape: Float64Array | null;
  readonly #coefficients: number | null;

  /**
   * @param startFilter a filter before its first return; of the series' bars it looks at those only that `update` has named
   * @param artifact what `toJSON` gives
   */
  constructor(
    name: string,
    minimumBars: number,
    startFilter: (series: Series) => ReturnFilter,
    artifact: Json,
    { shape = null, coefficients = null }: ResidualOptions = {},
  ) {
    this.name = name;
    this.#minimumBars = minimumBars;
    this.#startFilter = startFilter;
    this.#artifact = artifact;
    this.#shape = shape;
    this.#coefficients = coefficients;
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

  /**
   * Forecasts that begin with the bars `from` to `to` - 1; bar i comes after return i - 2 (return j leads from bar j
   * to j + 1).
   */
  #run(
    series: Series,
    returns: Float64Array,
    from: number,
    to: number,
    steps: number,
  ): PredictiveDistribution[] {
    const filter = this.#startFilter(series);
    const pool = new ResidualPool();
    const sessions = steps === 1 ? this.#sessionResiduals(series) : null;
    const positions = sessions === null ? [] : sessionPositions(series);
    const cumulated =
      steps === 1 ? null : new CumulatedResiduals(steps, logReturns(series.close.subarray(0, to - 1), steps));
    const forecasts: PredictiveDistribution[] = [];
    const largest = largestMoves(returns);
    const limit = (bar: number, steps: number): number => largest[bar - 1] * Math.sqrt(steps);
    const expect = (bar: number, steps: number): MeanAndScale | null => {
      const expected = filter.forecast(steps);
      return expected && { ...expected, scale: Math.min(expected.scale, limit(bar, steps)) };
    };
    const shaped = (expected: MeanAndScale, bar: number): PredictiveDistribution => {
      const { mean, scale } = expected;
      if (sessions !== null) {
        return sessions.distribution(expected, comingPosition(series, bar - 1), limit(bar, steps));
      }
      if (cumulated === null) {
        return this.#shape === null
          ? distributionFromResiduals(mean, scale, pool.sorted())
          : distributionOfShape(mean, scale, this.#shape);
      }
      if (filter.simulate === undefined) return cumulated.distribution(expected, pool.sorted());
      const paths = filter.simulate(steps, expect(bar, 1)!.scale, pool.sorted());
      return { ...distributionFromResiduals(0, 1, paths), mean, scale };
    };
    for (let bar = 1; bar < to; bar++) {
      cumulated?.endBefore(bar);
      const keeps = cumulated !== null && filter.simulate === undefined;
      const expected = bar >= from || keeps ? expect(bar, steps) : null;
      if (bar >= from) {
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
        forecasts.push(shaped(expected, bar));
      }
      if (bar + 1 === to) break;
      if (keeps && expected !== null) cumulated.keep(bar, expected);
      const value = returns[bar - 1];
      if (this.#shape === null || steps > 1 || sessions !== null) {
        const expected = expect(bar, 1);
        const residual = expected && (value - expected.mean) / expected.scale;
        if (residual !== null) {
          if (sessions === null) pool.push(residual);
          else sessions.push(residual, positions[bar]);
        }
      }
      filter.update(value, bar);
    }
    return forecasts;
  }

  /** Null where residuals are taken as they are. */
  #sessionResiduals(series: Series): SessionResiduals | null {
    if (this.#coefficients === null || !hasShortWindows(series)) return null;
    return new SessionResiduals(this.#coefficients, this.#shape ?? undefined);
  }
}
