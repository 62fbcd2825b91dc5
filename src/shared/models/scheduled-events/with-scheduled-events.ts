import type { Json } from '../../json.ts';
import type { PredictiveDistribution } from '../../numerics/distributions/predictive-distribution.ts';
import { logReturns } from '../../series/log-returns.ts';
import { requireFitSeries, requireHistory } from '../../series/require-fit-series.ts';
import { type Series, sliceSeries } from '../../series/series.ts';
import { hasEvents } from '../../series/with-events.ts';
import { dividedMoves } from '../divided-moves.ts';
import type { FitOptions, FittedForecaster, Forecaster, Hyperparameters, Resumable } from '../forecaster.ts';
import { largestMoves } from '../largest-moves.ts';
import { multipliedSteps, type StepFactors } from '../over-steps/multiplied-steps.ts';
import { requireRange, requireSteps } from '../require-steps.ts';
import { mapResult } from '../resumable/map-result.ts';
import { withMeanAndScale } from '../with-mean-and-scale.ts';
import { EventFactors, type PossibleFactor } from './event-factors.ts';
import { meanFactor, mixedScales, scaleFactor } from './mixed-scales.ts';

/**
 * A forecaster that knows when its symbol's events come (`withEvents`), and how much larger than usual moves are
 * then. Series without events pass through: same fits, same forecasts, same bits. Artifacts are the member's own,
 * since all that this adds follows from the series that is forecast from.
 *
 * The moves of a bar that an event affects are divided by a factor learned from past events (see
 * {@link EventFactors}), companions' by their own events. The member is fitted on the bars without them, and what it
 * forecasts is multiplied by the factor of the bar that is forecast. Where an event may come or not, the forecast is
 * a mixture (see {@link mixedScales}).
 *
 * No scale is made larger than the largest return seen so far, or three times the average one times the factor, times
 * the root of the steps.
 *
 * Over several steps each step's part of the mean and of the variance is multiplied by its own bar's factor; the
 * shape is the member's over as many steps.
 *
 * @param forecaster a member or benchmark
 */
export function withScheduledEvents(forecaster: Forecaster): Forecaster {
  return {
    name: forecaster.name,
    grid: forecaster.grid,
    minimumBars: (hyperparameters) => forecaster.minimumBars(hyperparameters),

    fit(series: Series, hyperparameters: Hyperparameters, options: FitOptions): Resumable<FittedForecaster> {
      // Here, for what is wrong must be said of the prices that were given.
      if (hasEvents(series)) requireFitSeries(series, forecaster.minimumBars(hyperparameters));
      const fit = forecaster.fit(withoutEvents(series), hyperparameters, {
        ...options,
        companions: options.companions?.map(withoutEvents),
      });
      return mapResult(fit, (fitted) => new FittedWithEvents(fitted));
    },

    restore: (artifact) => new FittedWithEvents(forecaster.restore(artifact)),
  };
}

/** The bars as they would be without events, by what was known at the close of each. */
function withoutEvents(series: Series): Series {
  return hasEvents(series) ? divided(series, new EventFactors(series)) : series;
}

function divided(series: Series, { divisors }: EventFactors): Series {
  if (divisors === null) return series;
  // Bars that the divisors were not made for are not to be looked at; they stay in their places.
  const padded = new Float64Array(series.close.length).fill(1);
  padded.set(divisors);
  return dividedMoves(series, padded);
}

/** A member fitted on bars without events. */
class FittedWithEvents implements FittedForecaster {
  readonly name: string;
  readonly #fitted: FittedForecaster;

  constructor(fitted: FittedForecaster) {
    this.name = fitted.name;
    this.#fitted = fitted;
  }

  predict(history: Series, steps = 1): PredictiveDistribution {
    if (!hasEvents(history)) return this.#fitted.predict(history, steps);
    requireSteps(steps);
    const bars = history.close.length;
    requireHistory(history, bars, 1);
    const factors = new EventFactors(history);
    const alike = divided(history, factors);
    return moved(
      (over) => this.#fitted.predict(alike, over),
      factors.after(bars, steps),
      moveLimits(history)[bars - 1],
    );
  }

  predictRange(series: Series, from: number, to: number, steps = 1): PredictiveDistribution[] {
    if (!hasEvents(series)) return this.#fitted.predictRange(series, from, to, steps);
    requireSteps(steps);
    requireRange(from, to, series.close.length);
    if (from === to) return [];
    requireHistory(series, to - 1, 1);
    const known = sliceSeries(series, 0, to - 1);
    const factors = new EventFactors(known);
    const limits = moveLimits(known);
    const alike = divided(series, factors);
    const bySteps = new Map<number, PredictiveDistribution[]>();
    const forecasts = (over: number) => {
      const made = bySteps.get(over) ?? this.#fitted.predictRange(alike, from, to, over);
      bySteps.set(over, made);
      return made;
    };
    return Array.from({ length: to - from }, (_, i) =>
      moved((over) => forecasts(over)[i], factors.after(from + i, steps), limits[from + i - 1]),
    );
  }

  toJSON(): Json {
    return this.#fitted.toJSON();
  }
}

/**
 * The forecast over as many steps as there are factors.
 *
 * @param forecast over a number of steps without events
 * @param ahead of each step; null where it is 1
 * @param limit of the scale, where a factor enlarges it
 */
function moved(
  forecast: (steps: number) => PredictiveDistribution,
  ahead: readonly (readonly PossibleFactor[] | null)[],
  limit: MoveLimit,
): PredictiveDistribution {
  if (ahead.every((possible) => possible === null)) return forecast(ahead.length);
  const factors = ahead.map((possible) => ({
    mean: possible === null ? 1 : meanFactor(possible),
    scale: possible === null ? 1 : scaleFactor(possible),
  }));
  const multiplied =
    ahead.length === 1 ? mixedScales(forecast(1), ahead[0]!) : multipliedSteps(forecast, factors);
  return held(multiplied, factors, limit);
}

/** What is known of a series' moves up to a bar. */
interface MoveLimit {
  readonly largest: number;
  /** Root mean square. */
  readonly average: number;
}

/** Volatility that is as many times its average is believed before an event. */
const LARGEST_TO_AVERAGE = 3;

/**
 * The forecast with its scale held at the largest return seen so far, or at three times the average one times the
 * largest factor where that is more, times the root of the steps: after a price error a factor would make more of it
 * than it was.
 */
function held(
  forecast: PredictiveDistribution,
  factors: readonly StepFactors[],
  { largest, average }: MoveLimit,
): PredictiveDistribution {
  const factor = Math.max(...factors.map(({ scale }) => scale));
  const limit = Math.max(largest, LARGEST_TO_AVERAGE * average * factor) * Math.sqrt(factors.length);
  return forecast.scale <= limit ? forecast : withMeanAndScale(forecast, forecast.mean, limit);
}

/** Of each bar. */
function moveLimits(series: Series): MoveLimit[] {
  const returns = logReturns(series.close);
  let squares = 0;
  return Array.from(largestMoves(returns), (largest, bar) => {
    if (bar > 0) squares += returns[bar - 1] * returns[bar - 1];
    return { largest, average: Math.sqrt(squares / Math.max(1, bar)) };
  });
}
