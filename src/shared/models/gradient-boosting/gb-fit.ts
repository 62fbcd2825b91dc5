import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { autocovariances } from '../../numerics/autocovariances.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { meanOf } from '../../numerics/mean.ts';
import { logReturns } from '../../series/log-returns.ts';
import type { Series } from '../../series/series.ts';
import type { Resumable, StepBudget } from '../forecaster.ts';
import { type BarFeatures, barFeatures, FEATURE_NAMES, FIRST_FEATURE_BAR, onGrid } from './bar-features.ts';
import { type BoostedTrees, decodeTrees, encodeTrees } from './boosted-trees.ts';
import { squaredError } from './boosting-objective.ts';
import { EarlyStoppedBoosting } from './early-stopped-boosting.ts';
import type { FeatureColumns } from './feature-matrix.ts';
import type { GbHyperparameters } from './gb-hyperparameters.ts';
import { expectedScale, type GbModel } from './gb-model.ts';
import { expectedLogRange, fitLinearRangeModel, type LinearRangeModel } from './linear-range-model.ts';

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
 * A fit of gradient boosting: the linear model of the log range, trees for what it misses, then trees for the mean of the
 * return in units of the scale so found. A unit of work is one tree.
 */
export class GbFit implements Resumable<GbModel> {
  readonly #hyperparameters: GbHyperparameters;
  readonly #seed: number;
  readonly #features: BarFeatures;
  /** Features of the bars that have both features and a bar after them. */
  readonly #columns: FeatureColumns;
  readonly #returnDeviation: number;
  readonly #meanReturn: number;
  readonly #linear: LinearRangeModel;
  #scaleTrees: BoostedTrees | undefined;
  /** The trees that are being grown: the scale's, then the mean's. */
  #boosting: EarlyStoppedBoosting;

  /**
   * Series and hyperparameters have been checked.
   *
   * @throws FitError `constant_series`; `invalid_artifact` for another fit's checkpoint
   */
  constructor(series: Series, hyperparameters: GbHyperparameters, seed: number, checkpoint?: Json) {
    this.#hyperparameters = hyperparameters;
    this.#seed = seed;
    const returns = logReturns(series.close);
    this.#returnDeviation = Math.sqrt(meanOf(returns.map((value) => value * value)));
    this.#meanReturn = meanOf(returns);
    this.#features = barFeatures(series, this.#returnDeviation);
    this.#columns = this.#features.columns.map((column) => column.slice(FIRST_FEATURE_BAR, -1));
    this.#linear = fitLinearRangeModel(this.#features);
    if (checkpoint === undefined) {
      this.#boosting = this.#boostScale();
      return;
    }
    const { scaleTrees, boosting } = (checkpoint ?? {}) as { scaleTrees?: Json; boosting?: Json };
    if (scaleTrees === undefined || boosting === undefined) {
      throw new FitError('invalid_artifact', 'A checkpoint of GB holds the trees of its scale and boosting.');
    }
    if (scaleTrees === null) {
      this.#boosting = this.#boostScale(boosting);
    } else {
      this.#scaleTrees = { base: 0, trees: decodeTrees(scaleTrees, FEATURE_NAMES.length) };
      this.#boosting = this.#boostMean(boosting);
    }
  }

  step(budget: StepBudget): boolean {
    if (!this.#boosting.step(budget)) return false;
    if (this.#scaleTrees !== undefined) return true;
    this.#scaleTrees = this.#boosting.result();
    this.#boosting = this.#boostMean();
    // Even without a tree to grow, a step that ends here says so only when the mean's boosting does.
    return budget.expired() ? false : this.#boosting.step(budget);
  }

  checkpoint(): Json {
    return {
      scaleTrees: this.#scaleTrees === undefined ? null : encodeTrees(this.#scaleTrees.trees),
      boosting: this.#boosting.checkpoint(),
    };
  }

  progress(): number {
    return ((this.#scaleTrees === undefined ? 0 : 1) + this.#boosting.progress()) / 2;
  }

  /** @throws Error before `step` returned true */
  result(): GbModel {
    if (this.#scaleTrees === undefined)
      throw new Error('GB is not fitted yet: step() has not returned true.');
    const model = {
      returnDeviation: this.#returnDeviation,
      linear: this.#linear,
      scaleTrees: this.#scaleTrees,
      calibration: this.#calibration(this.#scaleTrees),
      meanReturn: this.#meanReturn,
      meanTrees: this.#boosting.result(),
    };
    const scales = this.#eachBar((bar) => expectedScale(model, this.#features, bar));
    return {
      ...model,
      longRunVariance: meanOf(scales.map((scale) => scale * scale)),
      persistence: autocorrelation(scales.map((scale) => ln(scale))),
    };
  }

  #boostScale(checkpoint?: Json): EarlyStoppedBoosting {
    const { meanTrees: _, ...rules } = this.#hyperparameters;
    const targets = this.#eachBar((bar) => {
      const missed = this.#features.logRanges[bar + 1] - expectedLogRange(this.#linear, this.#features, bar);
      return onGrid(missed);
    });
    const seed = deriveSeed(this.#seed, 'scale');
    return new EarlyStoppedBoosting(
      this.#columns,
      targets,
      squaredError,
      { ...rules, patience: SCALE_PATIENCE, seed },
      checkpoint,
    );
  }

  #boostMean(checkpoint?: Json): EarlyStoppedBoosting {
    const { meanTrees, subsample, columnShare } = this.#hyperparameters;
    const scaleTrees = this.#scaleTrees!;
    const scale = { linear: this.#linear, scaleTrees, calibration: this.#calibration(scaleTrees) };
    const targets = this.#eachBar((bar) => {
      const distance = this.#features.returns[bar + 1] - this.#meanReturn;
      const standardised = distance / expectedScale(scale, this.#features, bar);
      return onGrid(Math.max(-RETURN_LIMIT, Math.min(RETURN_LIMIT, standardised)));
    });
    const seed = deriveSeed(this.#seed, 'mean');
    return new EarlyStoppedBoosting(
      this.#columns,
      targets,
      squaredError,
      { ...MEAN_RULES, trees: meanTrees, subsample, columnShare, patience: MEAN_PATIENCE, seed },
      checkpoint,
    );
  }

  /** Root mean square of the returns less their mean, in units of the expected range. */
  #calibration(scaleTrees: BoostedTrees): number {
    const uncalibrated = { linear: this.#linear, scaleTrees, calibration: 1 };
    const squares = this.#eachBar((bar) => {
      const distance = this.#features.returns[bar + 1] - this.#meanReturn;
      const standardised = distance / expectedScale(uncalibrated, this.#features, bar);
      return standardised * standardised;
    });
    return Math.sqrt(meanOf(squares));
  }

  #eachBar(value: (bar: number) => number): Float64Array {
    const rows = this.#columns[0].length;
    return Float64Array.from({ length: rows }, (_, i) => value(FIRST_FEATURE_BAR + i));
  }
}

/** Lag-1 autocorrelation, held within 0 and 0.999; 0 when the values do not vary. */
function autocorrelation(values: Float64Array): number {
  const [variance, covariance] = autocovariances(values, 1);
  return variance > 0 ? Math.max(0, Math.min(LARGEST_PERSISTENCE, covariance / variance)) : 0;
}
