import ln from '@stdlib/math-base-special-ln';
import type { Json } from '../../json.ts';
import { autocovariances } from '../../numerics/autocovariances.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { meanOf } from '../../numerics/mean.ts';
import { logReturns } from '../../series/log-returns.ts';
import type { Series } from '../../series/series.ts';
import type { Resumable } from '../forecaster.ts';
import { inSequence, Part } from '../resumable/in-sequence.ts';
import { mapResult } from '../resumable/map-result.ts';
import { barFeatures, FEATURE_NAMES, FIRST_FEATURE_BAR, onGrid } from './bar-features.ts';
import { type BoostedTrees, decodeTrees, encodeTrees } from './boosted-trees.ts';
import { squaredError } from './boosting-objective.ts';
import { earlyStoppedBoosting } from './early-stopped-boosting.ts';
import type { GbHyperparameters } from './gb-hyperparameters.ts';
import { expectedScale, type GbModel, type ScaleModel } from './gb-model.ts';
import type { BoostingRules } from './gradient-boosting.ts';

/** Trees without a better loss after which the search for their number ends. */
const SCALE_PATIENCE = 20;
const MEAN_PATIENCE = 10;
/** The mean's trees are held back: next to nothing of a return is predictable, and a leaf of 50 bars knows little of it. */
const MEAN_RULES = { depth: 2, learningRate: 0.03, minimumChildWeight: 50, lambda: 100, gamma: 0 } as const;
/** Standardised returns beyond this are cut before the mean learns from them. */
const RETURN_LIMIT = 4;
/** The most that a log scale may hang on to the one before. */
const LARGEST_PERSISTENCE = 0.999;

/**
 * A fit of gradient boosting: trees for what the linear path misses of the log range, then trees for the mean of the
 * return in units of the scale so found. A unit of work is one tree.
 *
 * Series and hyperparameters have been checked.
 *
 * @throws FitError `constant_series`; `invalid_artifact` for another fit's checkpoint
 */
export function fitGb(
  series: Series,
  hyperparameters: GbHyperparameters,
  seed: number,
  checkpoint?: Json,
): Resumable<GbModel> {
  const { meanTrees, ...scaleRules } = hyperparameters;
  const { subsample, columnShare } = hyperparameters;
  const returns = logReturns(series.close);
  const returnDeviation = Math.sqrt(meanOf(returns.map((value) => value * value)));
  const meanReturn = meanOf(returns);
  const features = barFeatures(series, returnDeviation);
  // Features of the bars that have both features and a bar after them.
  const columns = features.columns.map((column) => column.slice(FIRST_FEATURE_BAR, -1));
  const eachBar = (value: (bar: number) => number) =>
    Float64Array.from({ length: columns[0].length }, (_, i) => value(FIRST_FEATURE_BAR + i));
  const standardisedReturns = (scale: ScaleModel) =>
    eachBar((bar) => (features.returns[bar + 1] - meanReturn) / expectedScale(scale, features, bar));
  const calibrated = (scaleTrees: BoostedTrees): ScaleModel => {
    const standardised = standardisedReturns({ scaleTrees, calibration: 1 });
    const calibration = Math.sqrt(meanOf(standardised.map((value) => value * value)));
    return { scaleTrees, calibration };
  };
  const boost = (targets: Float64Array, rules: BoostingRules, resumed?: Json) =>
    earlyStoppedBoosting(columns, targets.map(onGrid), squaredError, rules, resumed);

  const scale = new Part(
    1,
    (resumed?: Json) => {
      const missed = eachBar((bar) => features.logRanges[bar + 1] - features.expected[bar]);
      const rules = { ...scaleRules, patience: SCALE_PATIENCE, seed: deriveSeed(seed, 'scale') };
      return mapResult(boost(missed, rules, resumed), calibrated);
    },
    {
      encode: ({ scaleTrees }) => encodeTrees(scaleTrees.trees),
      decode: (json) => calibrated({ base: 0, trees: decodeTrees(json, FEATURE_NAMES.length) }),
    },
  );

  const mean = new Part(1, (resumed?: Json) => {
    const limited = standardisedReturns(scale.result).map((value) =>
      Math.max(-RETURN_LIMIT, Math.min(RETURN_LIMIT, value)),
    );
    const rules = { trees: meanTrees, subsample, columnShare, patience: MEAN_PATIENCE };
    return boost(limited, { ...MEAN_RULES, ...rules, seed: deriveSeed(seed, 'mean') }, resumed);
  });

  return inSequence(
    'GB',
    [scale, mean],
    () => {
      const scales = eachBar((bar) => expectedScale(scale.result, features, bar));
      return {
        ...scale.result,
        returnDeviation,
        meanReturn,
        meanTrees: mean.result,
        longRunVariance: meanOf(scales.map((value) => value * value)),
        persistence: autocorrelation(scales.map((value) => ln(value))),
      };
    },
    checkpoint,
  );
}

/** Lag-1 autocorrelation, held within 0 and 0.999; 0 when the values do not vary. */
function autocorrelation(values: Float64Array): number {
  const [variance, covariance] = autocovariances(values, 1);
  return variance > 0 ? Math.max(0, Math.min(LARGEST_PERSISTENCE, covariance / variance)) : 0;
}
