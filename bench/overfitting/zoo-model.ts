import type { PredictiveDistribution } from '../../src/shared/numerics/distributions/predictive-distribution.ts';
import type { Series } from '../../src/shared/series/series.ts';
import type { Stretch } from './zoo-window.ts';

/** What a model is there to show. */
export type ZooGroup = 'honest' | 'tuned' | 'memoriser' | 'selection' | 'leak';

/** What a model is fitted on. */
export interface FitInput {
  /** The bars that are known: all of train, or of train and validation. */
  readonly series: Series;
  /** `returns[i]` is the log return into bar i; that of bar 0 is 0. */
  readonly returns: Float64Array;
  /** Of all random numbers; derived from symbol, cutoff and model. */
  readonly seed: number;
}

/** A fitted model: a forecast for every bar of a stretch. */
export type ZooForecasts = (stretch: Stretch) => PredictiveDistribution[];

/** A model that is fitted on train for train and validation, and again on both for test, as the ensemble is. */
export interface ZooModel {
  /** As the table shows it. */
  readonly name: string;
  readonly group: ZooGroup;
  fit(input: FitInput): ZooForecasts;
}
