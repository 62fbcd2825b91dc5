import type { ScoredForecasts } from '../scores/scored-forecasts.ts';

/** The scored bars of one part, in order; all arrays have the same length and belong to the same bars. */
export interface ScoredPart {
  /** Squared errors of the model's mean, of log returns. */
  readonly squaredErrors: Float64Array;
  readonly crps: Float64Array;
  /** Squared errors of "no change". */
  readonly benchmarkSquaredErrors: Float64Array;
  /**
   * CRPS of filtered historical simulation, with the symbol's events (`informedFhs`), as all that is said of it here.
   */
  readonly benchmarkCrps: Float64Array;
  /** Scale that filtered historical simulation forecast before each bar. */
  readonly expectedVolatility: Float64Array;
  /** Mean that filtered historical simulation forecast. */
  readonly expectedMean: Float64Array;
  /** The model's mean. */
  readonly mean: Float64Array;
  /** The model's scale. */
  readonly scale: Float64Array;
  /** Log returns that came. */
  readonly realised: Float64Array;
}

/** A window bar by bar: what it takes to judge whether its model is overfitted. */
export interface ScoredWindow {
  readonly train: ScoredPart;
  readonly validation: ScoredPart;
  readonly test: ScoredPart;
  /** CRPS by bar of validation of every trial that was tuned over. */
  readonly trialScores: readonly Float64Array[];
}

/** A part of a model's forecasts beside the benchmarks' of the same bars. */
export function scoredPart(
  model: ScoredForecasts,
  noChange: ScoredForecasts,
  fhs: ScoredForecasts,
): ScoredPart {
  return {
    squaredErrors: squaredErrors(model),
    crps: model.crps,
    benchmarkSquaredErrors: squaredErrors(noChange),
    benchmarkCrps: fhs.crps,
    expectedVolatility: fhs.scale,
    expectedMean: fhs.mean,
    mean: model.mean,
    scale: model.scale,
    realised: model.realised,
  };
}

function squaredErrors({ mean, realised }: ScoredForecasts): Float64Array {
  return realised.map((value, i) => (value - mean[i]) * (value - mean[i]));
}
