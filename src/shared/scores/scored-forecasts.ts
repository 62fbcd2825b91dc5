import type { Json } from '../json.ts';
import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../numerics/distributions/predictive-distribution.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { COVERAGE_LEVELS, intervalPlaces } from './coverage.ts';
import { crpsFromQuantiles } from './crps.ts';
import { logScoreFromQuantiles } from './log-score-quantiles.ts';
import { pinball } from './pinball.ts';

/** The quantiles whose pinball loss is kept: those that a trader's risk limits look at. */
const PINBALL_LEVELS = [0.05, 0.95] as const;
const PINBALL_PLACES = PINBALL_LEVELS.map((level) => Math.round(level * 200) - 1);

/**
 * Forecasts that begin with consecutive bars beside what came true, all over as many steps; all arrays have one
 * element a forecast.
 */
export interface ScoredForecasts {
  /** Realised log returns over the steps. */
  readonly realised: Float64Array;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** In the unit of returns. */
  readonly crps: Float64Array;
  /** Minus the log density at what came true. */
  readonly logScore: Float64Array;
  /** By level of {@link PINBALL_LEVELS}. In the unit of returns. */
  readonly pinball: readonly Float64Array[];
  /** By level of `COVERAGE_LEVELS`: 1 where the central interval covered what came true, else 0. */
  readonly covered: readonly Float64Array[];
}

/** Scores forecasts against what came true. @throws RangeError when there are not as many of both */
export function scoreForecasts(
  forecasts: readonly PredictiveDistribution[],
  realised: Float64Array,
): ScoredForecasts {
  if (forecasts.length !== realised.length) {
    throw new RangeError(`${forecasts.length} forecasts cannot be scored on ${realised.length} outcomes`);
  }
  const score = (of: (quantiles: Float64Array, outcome: number) => number) =>
    Float64Array.from(forecasts, ({ quantiles }, i) => of(quantiles, realised[i]));
  return {
    realised: realised.slice(),
    mean: Float64Array.from(forecasts, ({ mean }) => mean),
    scale: Float64Array.from(forecasts, ({ scale }) => scale),
    crps: score(crpsFromQuantiles),
    logScore: score(logScoreFromQuantiles),
    pinball: PINBALL_PLACES.map((place) =>
      score((quantiles, outcome) => pinball(quantiles[place], outcome, QUANTILE_LEVELS[place])),
    ),
    covered: COVERAGE_LEVELS.map((level) => {
      const { lower, upper } = intervalPlaces(level);
      return score((quantiles, outcome) =>
        quantiles[lower] <= outcome && outcome <= quantiles[upper] ? 1 : 0,
      );
    }),
  };
}

/** Bars forecast at a time by {@link scoreRange}. */
const RANGE_BARS = 100;

/**
 * Makes and scores the forecasts that begin with the bars `from` to `to` - 1, some at a time: a distribution is 1.6
 * kB, and a thousand of several members would be held for nothing.
 *
 * @param predict as `predictRange`
 * @param realised log returns over the steps; the one that begins with bar i has the place i - 1
 */
export function scoreRange(
  predict: (from: number, to: number) => readonly PredictiveDistribution[],
  realised: Float64Array,
  from: number,
  to: number,
): ScoredForecasts {
  const stretches: ScoredForecasts[] = [];
  for (let start = from; start < to; start += RANGE_BARS) {
    const end = Math.min(start + RANGE_BARS, to);
    stretches.push(scoreForecasts(predict(start, end), realised.subarray(start - 1, end - 1)));
  }
  return concatenateForecasts(stretches);
}

/** Several stretches one after the other; at least one. */
export function concatenateForecasts(stretches: readonly ScoredForecasts[]): ScoredForecasts {
  const byStretch = stretches.map(columnsOf);
  return fromColumns(
    byStretch[0].map((_, column) =>
      Float64Array.from(byStretch.flatMap((columns) => Array.from(columns[column]))),
    ),
  );
}

/** The forecasts `from` to `to` - 1. */
export function sliceForecasts(forecasts: ScoredForecasts, from: number, to: number): ScoredForecasts {
  return fromColumns(columnsOf(forecasts).map((column) => column.slice(from, to)));
}

/** As JSON, to the bit. */
export function encodeScoredForecasts(forecasts: ScoredForecasts): Json {
  return columnsOf(forecasts).map(encodeFloat64);
}

/** The inverse of {@link encodeScoredForecasts}. */
export function decodeScoredForecasts(json: Json): ScoredForecasts {
  return fromColumns((json as string[]).map(decodeFloat64));
}

function columnsOf(forecasts: ScoredForecasts): Float64Array[] {
  const { realised, mean, scale, crps, logScore, pinball, covered } = forecasts;
  return [realised, mean, scale, crps, logScore, ...pinball, ...covered];
}

function fromColumns([realised, mean, scale, crps, logScore, ...rest]: Float64Array[]): ScoredForecasts {
  return {
    ...{ realised, mean, scale, crps, logScore },
    pinball: rest.slice(0, PINBALL_LEVELS.length),
    covered: rest.slice(PINBALL_LEVELS.length),
  };
}
