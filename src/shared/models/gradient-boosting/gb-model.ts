import exp from '@stdlib/math-base-special-exp';
import type { MeanAndScale } from '../mean-and-scale.ts';
import type { BarFeatures } from './bar-features.ts';
import { type BoostedTrees, predictBoosted } from './boosted-trees.ts';

/** The trees' correction of the log scale is held within this: a factor of e^2 either way. */
const LARGEST_CORRECTION = 2;

/** What gradient boosting has learned. */
export interface GbModel {
  /** Root mean square of the fit's log returns: what features are floored and centred by. */
  readonly returnDeviation: number;
  /** What the linear path misses of the next log range. */
  readonly scaleTrees: BoostedTrees;
  /** Root mean square of the fit's returns less their mean, in units of the expected range. */
  readonly calibration: number;
  /** Mean log return of the fit's bars. */
  readonly meanReturn: number;
  /** The next return's distance from that, in units of the scale. */
  readonly meanTrees: BoostedTrees;
  /** Mean variance forecast on the fit's bars: what forecasts of many steps return to. */
  readonly longRunVariance: number;
  /** Autocorrelation of the log scale from one bar to the next, 0 to below 1: how slowly they return. */
  readonly persistence: number;
}

/** What the scale follows from. */
export type ScaleModel = Pick<GbModel, 'scaleTrees' | 'calibration'>;

/** The standard deviation expected of the return into the bar after `bar`, before the trees of the mean. */
export function expectedScale(
  { scaleTrees, calibration }: ScaleModel,
  features: BarFeatures,
  bar: number,
): number {
  const correction = predictBoosted(scaleTrees, features.columns, bar);
  const held = Math.max(-LARGEST_CORRECTION, Math.min(LARGEST_CORRECTION, correction));
  return calibration * exp(features.expected[bar] + held);
}

/** Mean and scale of the log return into the bar after `bar`. */
export function expectedReturn(model: GbModel, features: BarFeatures, bar: number): MeanAndScale {
  const scale = expectedScale(model, features, bar);
  return { mean: model.meanReturn + scale * predictBoosted(model.meanTrees, features.columns, bar), scale };
}
