import { FitError } from '../../errors/fit-error.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import { nextHalfSession } from '../../series/half-sessions.ts';
import { requireFitSeries, requireHistory } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import type {
  FitOptions,
  FittedForecaster,
  Forecaster,
  Hyperparameters,
  Json,
  Resumable,
} from '../forecaster.ts';
import type { PredictiveDistribution } from '../predictive-distribution.ts';
import { requireRange, requireSteps } from '../require-steps.ts';
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
      return {
        step: (budget) => fit.step(budget),
        checkpoint: () => fit.checkpoint(),
        progress: () => fit.progress(),
        result: () => new FittedWithPosition(fit.result(), factors),
      };
    },

    restore(artifact: Json): FittedForecaster {
      const { halfSessions } = (artifact ?? {}) as { readonly halfSessions?: Json };
      if (halfSessions === undefined) return forecaster.restore(artifact);
      const { factors, fitted } = decoded(forecaster.name, halfSessions);
      return new FittedWithPosition(forecaster.restore(fitted), factors);
    },
  };
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
    requireHistory(history, history.close.length, 1);
    const alike = withoutPosition(history, this.#factors);
    if (steps === 1) {
      return scaled(this.#fitted.predict(alike), this.#factorAfter(history, history.times.length));
    }
    let time = history.times[history.times.length - 1];
    let mean = 0;
    let variance = 0;
    let before = { mean: 0, scale: 0 };
    let whole: PredictiveDistribution | undefined;
    for (let step = 1; step <= steps; step++) {
      const half = nextHalfSession(time);
      const factor = this.#factors.volatility[half.position];
      whole = this.#fitted.predict(alike, step);
      mean += factor * (whole.mean - before.mean);
      variance += factor * factor * Math.max(0, whole.scale * whole.scale - before.scale * before.scale);
      before = whole;
      time = half.start;
    }
    const scale = Math.sqrt(variance);
    const { quantiles } = whole!;
    return {
      mean,
      scale,
      quantiles: quantiles.map((quantile) => mean + (scale * (quantile - before.mean)) / before.scale),
    };
  }

  predictRange(series: Series, from: number, to: number): PredictiveDistribution[] {
    requireRange(from, to, series.close.length);
    if (from === to) return [];
    requireHistory(series, to - 1, 1);
    return this.#fitted
      .predictRange(withoutPosition(series, this.#factors), from, to)
      .map((forecast, i) => scaled(forecast, this.#factorAfter(series, from + i)));
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

  /** Of the half session after the first `bars` bars: by the calendar, for the next bar's own time is not known yet. */
  #factorAfter(series: Series, bars: number): number {
    return this.#factors.volatility[nextHalfSession(series.times[bars - 1]).position];
  }
}

function scaled({ mean, scale, quantiles }: PredictiveDistribution, factor: number): PredictiveDistribution {
  return {
    mean: factor * mean,
    scale: factor * scale,
    quantiles: quantiles.map((quantile) => factor * quantile),
  };
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
      `An artifact of ${name} for half sessions holds its version, ${VERSION}, and four positive factors.`,
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
