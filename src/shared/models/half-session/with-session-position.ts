import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import type { PredictiveDistribution } from '../../numerics/distributions/predictive-distribution.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import { nextHalfSession } from '../../series/half-sessions.ts';
import { logReturns } from '../../series/log-returns.ts';
import { requireFitSeries, requireHistory } from '../../series/require-fit-series.ts';
import { type Series, sliceSeries } from '../../series/series.ts';
import type { FitOptions, FittedForecaster, Forecaster, Hyperparameters, Resumable } from '../forecaster.ts';
import { largestMoves } from '../largest-moves.ts';
import { multipliedSteps } from '../over-steps/multiplied-steps.ts';
import { requireRange, requireSteps } from '../require-steps.ts';
import { mapResult } from '../resumable/map-result.ts';
import { withMeanAndScale } from '../with-mean-and-scale.ts';
import { type PositionFactors, positionFactors } from './position-factors.ts';
import { withoutPosition } from './without-position.ts';

/** Changes whenever an artifact written before can no longer be read. */
const VERSION = 1;

/**
 * A forecaster that knows, of half-session bars (timeframe `4h`), that the first half of a session, the night before it
 * included, moves about twice as much as the second. Series of other timeframes pass through: same fits, same artifacts, same
 * bits.
 *
 * From the fit's own bars a volatility factor is estimated for each half (see {@link positionFactors}). The member is fitted on the
 * series without them (see {@link withoutPosition}), companions each without their own, and what it forecasts is multiplied by
 * the factor of the half session that is forecast, by the trading calendar. This is the multiplicative decomposition of
 * intraday volatility (Andersen and Bollerslev 1997) with two positions.
 *
 * No scale is above the largest return seen so far, times the root of the steps.
 *
 * Over several steps each step's part of the mean and of the variance is multiplied by its own half's factor; the shape is the
 * member's over as many steps.
 *
 * @param forecaster a member or benchmark
 */
export function withSessionPosition(forecaster: Forecaster): Forecaster {
  return {
    name: forecaster.name,
    grid: forecaster.grid,
    minimumBars: (hyperparameters) => forecaster.minimumBars(hyperparameters),

    fit(series: Series, hyperparameters: Hyperparameters, options: FitOptions): Resumable<FittedForecaster> {
      if (series.timeframe !== '4h') return forecaster.fit(series, hyperparameters, options);
      // Here, for what is wrong must be said of the prices that were given.
      requireFitSeries(series, forecaster.minimumBars(hyperparameters));
      const factors = positionFactors(series);
      const fit = forecaster.fit(withoutPosition(series, factors), hyperparameters, {
        ...options,
        companions: options.companions?.map((companion) =>
          withoutPosition(companion, positionFactors(companion)),
        ),
      });
      return mapResult(fit, (fitted) => new FittedWithPosition(fitted, factors));
    },

    restore(artifact: Json): FittedForecaster {
      const { halfSessions } = (artifact ?? {}) as { readonly halfSessions?: Json };
      if (halfSessions === undefined) return forecaster.restore(artifact);
      const { factors, fitted } = decoded(forecaster.name, halfSessions);
      return new FittedWithPosition(forecaster.restore(fitted), factors);
    },
  };
}

/** The artifact of the member itself, which one with factors of the session's halves holds; any other is it already. */
export function memberArtifact(artifact: Json): Json {
  const { halfSessions } = (artifact ?? {}) as { readonly halfSessions?: { readonly fitted: Json } };
  return halfSessions === undefined ? artifact : halfSessions.fitted;
}

/** A member fitted on a series without its halves' factors, and the factors. */
class FittedWithPosition implements FittedForecaster {
  readonly name: string;
  readonly #fitted: FittedForecaster;
  readonly #factors: PositionFactors;

  constructor(fitted: FittedForecaster, factors: PositionFactors) {
    this.name = fitted.name;
    this.#fitted = fitted;
    this.#factors = factors;
  }

  /**
   * @throws what the member's `predict` throws; InvalidInputError `invalid_steps`; `invalid_date`, `not_a_half_session` when
   *   the last bar is not a half session
   */
  predict(history: Series, steps = 1): PredictiveDistribution {
    requireSteps(steps);
    const bars = history.close.length;
    requireHistory(history, bars, 1);
    const alike = withoutPosition(history, this.#factors);
    const limit = largestMoves(logReturns(history.close))[bars - 1] * Math.sqrt(steps);
    if (steps === 1)
      return moved(this.#fitted.predict(alike), this.#factorAfter(history.times[bars - 1], history), limit);

    const factors: number[] = [];
    let time = history.times[bars - 1];
    for (let step = 1; step <= steps; step++) {
      factors.push(this.#factorAfter(time, history));
      time = nextHalfSession(time, history.calendar).start;
    }
    const forecast = multipliedSteps(
      (over) => this.#fitted.predict(alike, over),
      factors.map((factor) => ({ mean: factor, scale: factor })),
    );
    return forecast.scale <= limit ? forecast : withMeanAndScale(forecast, forecast.mean, limit);
  }

  predictRange(series: Series, from: number, to: number, steps = 1): PredictiveDistribution[] {
    requireSteps(steps);
    requireRange(from, to, series.close.length);
    if (from === to) return [];
    // No horizon has several half sessions: plain rather than in one pass.
    if (steps > 1)
      return Array.from({ length: to - from }, (_, i) =>
        this.predict(sliceSeries(series, 0, from + i), steps),
      );
    requireHistory(series, to - 1, 1);
    const limits = largestMoves(logReturns(series.close.subarray(0, to - 1)));
    return this.#fitted
      .predictRange(withoutPosition(series, this.#factors), from, to)
      .map((forecast, i) =>
        moved(forecast, this.#factorAfter(series.times[from + i - 1], series), limits[from + i - 1]),
      );
  }

  toJSON(): Json {
    const { volatility, volume } = this.#factors;
    return {
      name: this.name,
      halfSessions: {
        version: VERSION,
        factors: encodeFloat64(
          Float64Array.of(volatility.first, volatility.second, volume.first, volume.second),
        ),
        fitted: this.#fitted.toJSON(),
      },
    };
  }

  /** Of the half session after the bar of that time: by the calendar, for the next bar's own time is not known yet. */
  #factorAfter(time: string, { calendar }: Series): number {
    return this.#factors.volatility[nextHalfSession(time, calendar).position];
  }
}

/** A forecast of a bar whose moves are `factor` times as large, its scale held at `limit`. */
function moved(forecast: PredictiveDistribution, factor: number, limit: number): PredictiveDistribution {
  return withMeanAndScale(forecast, factor * forecast.mean, Math.min(factor * forecast.scale, limit));
}

/** @throws FitError `invalid_artifact` */
function decoded(
  name: string,
  halfSessions: Json,
): { readonly factors: PositionFactors; readonly fitted: Json } {
  const { version, factors, fitted } = (halfSessions ?? {}) as { readonly [key: string]: Json };
  const values = version === VERSION && typeof factors === 'string' ? decodedFactors(factors) : [];
  if (values.length !== 4 || !values.every((value) => value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new FitError(
      'invalid_artifact',
      `An artifact of ${name} for half sessions holds its version, ${VERSION}, and four positive factors`,
    );
  }
  const [first, second, firstVolume, secondVolume] = values;
  return {
    factors: { volatility: { first, second }, volume: { first: firstVolume, second: secondVolume } },
    fitted: fitted ?? null,
  };
}

function decodedFactors(text: string): number[] {
  try {
    return Array.from(decodeFloat64(text));
  } catch {
    return [];
  }
}
