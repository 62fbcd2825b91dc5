import type { Json } from '../models/forecaster.ts';
import type { PredictiveDistribution } from '../models/predictive-distribution.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { COVERAGE_LEVELS, intervalPlaces } from './scores/coverage.ts';
import { crpsFromQuantiles } from './scores/crps.ts';

/** One-step forecasts of consecutive bars beside what came true; all arrays have one element a bar. */
export interface ScoredForecasts {
  /** Realised log returns. */
  readonly realised: Float64Array;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** In the unit of returns. */
  readonly crps: Float64Array;
  /** By level of `COVERAGE_LEVELS`: 1 where the central interval covered what came true, else 0. */
  readonly covered: readonly Float64Array[];
}

/** Scores forecasts against what came true. @throws RangeError when there are not as many of both */
export function scoreForecasts(
  forecasts: readonly PredictiveDistribution[],
  realised: Float64Array,
): ScoredForecasts {
  if (forecasts.length !== realised.length) {
    throw new RangeError(`${forecasts.length} forecasts cannot be scored on ${realised.length} outcomes.`);
  }
  return {
    realised: realised.slice(),
    mean: Float64Array.from(forecasts, ({ mean }) => mean),
    scale: Float64Array.from(forecasts, ({ scale }) => scale),
    crps: Float64Array.from(forecasts, ({ quantiles }, i) => crpsFromQuantiles(quantiles, realised[i])),
    covered: COVERAGE_LEVELS.map((level) => {
      const { lower, upper } = intervalPlaces(level);
      return Float64Array.from(forecasts, ({ quantiles }, i) =>
        quantiles[lower] <= realised[i] && realised[i] <= quantiles[upper] ? 1 : 0,
      );
    }),
  };
}

/** Several stretches one after the other. */
export function concatenateForecasts(stretches: readonly ScoredForecasts[]): ScoredForecasts {
  const join = (column: (stretch: ScoredForecasts) => Float64Array) =>
    Float64Array.from(stretches.flatMap((stretch) => Array.from(column(stretch))));
  return {
    realised: join(({ realised }) => realised),
    mean: join(({ mean }) => mean),
    scale: join(({ scale }) => scale),
    crps: join(({ crps }) => crps),
    covered: COVERAGE_LEVELS.map((_, level) => join(({ covered }) => covered[level])),
  };
}

/** The forecasts `from` to `to` - 1. */
export function sliceForecasts(forecasts: ScoredForecasts, from: number, to: number): ScoredForecasts {
  return {
    realised: forecasts.realised.slice(from, to),
    mean: forecasts.mean.slice(from, to),
    scale: forecasts.scale.slice(from, to),
    crps: forecasts.crps.slice(from, to),
    covered: forecasts.covered.map((column) => column.slice(from, to)),
  };
}

/** As JSON, to the bit. */
export function encodeScoredForecasts(forecasts: ScoredForecasts): Json {
  const { realised, mean, scale, crps, covered } = forecasts;
  return [realised, mean, scale, crps, ...covered].map(encodeFloat64);
}

/** The inverse of {@link encodeScoredForecasts}. */
export function decodeScoredForecasts(json: Json): ScoredForecasts {
  const [realised, mean, scale, crps, ...covered] = (json as string[]).map(decodeFloat64);
  return { realised, mean, scale, crps, covered };
}
