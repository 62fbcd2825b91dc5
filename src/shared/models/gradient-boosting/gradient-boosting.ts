import type { Json } from '../../json.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { SeededRandom } from '../../numerics/random.ts';
import type { Resumable, StepBudget } from '../forecaster.ts';
import { requireDone, workThrough } from '../resumable/work-through.ts';
import { type BoostedTrees, decodeTrees, encodeTrees } from './boosted-trees.ts';
import type { BoostingObjective } from './boosting-objective.ts';
import { type BinThresholds, binFeatures, learnBinThresholds } from './feature-binning.ts';
import type { FeatureColumns } from './feature-matrix.ts';
import { TreeGrower, type TreeRules } from './grow-tree.ts';
import { predictTree, type RegressionTree } from './regression-tree.ts';

/** How boosting goes. */
export interface BoostingRules extends TreeRules {
  /** Trees at most. */
  readonly trees: number;
  /** Share of the training rows that each tree sees, drawn anew without replacement; above 0, at most 1. */
  readonly subsample: number;
  /** Share of the features that each tree may split on, at least one; above 0, at most 1. */
  readonly columnShare: number;
  /** Trees without a better loss on the stopping rows after which boosting stops. */
  readonly patience: number;
  /** Of all random numbers; each tree derives its own. */
  readonly seed: number;
}

/** What trees are grown on. */
export interface BoostingData {
  readonly columns: FeatureColumns;
  /** One a row. */
  readonly targets: Float64Array;
  /** Rows before this one are trained on; those from here on, the later ones, only decide when to stop. May be all rows. */
  readonly stoppingFrom: number;
  /** The prediction before the first tree. */
  readonly base: number;
}

/**
 * Gradient boosting with histograms (Friedman 2001; Chen and Guestrin 2016): each tree takes a Newton step down the loss of
 * the trees before it.
 *
 * With stopping rows the result has the trees up to the round that was best on them, none if no tree helped; without, all.
 * A unit of work is one tree.
 */
export class GradientBoosting implements Resumable<BoostedTrees> {
  readonly #data: BoostingData;
  readonly #rules: BoostingRules;
  readonly #objective: BoostingObjective;
  readonly #grower: TreeGrower;
  readonly #trees: RegressionTree[] = [];
  readonly #predictions: Float64Array;
  readonly #gradient: Float64Array;
  readonly #hessian: Float64Array;
  /** Mean loss on training and stopping rows, before the first tree and after each. */
  readonly losses: { readonly training: number; readonly stopping: number }[] = [];
  #bestRound = 0;

  /** @param checkpoint of the same boosting. @throws FitError `invalid_artifact` */
  constructor(data: BoostingData, objective: BoostingObjective, rules: BoostingRules, checkpoint?: Json) {
    this.#data = data;
    this.#rules = rules;
    this.#objective = objective;
    const { columns, targets, stoppingFrom, base } = data;
    const thresholds: BinThresholds = learnBinThresholds(columns, { from: 0, to: stoppingFrom });
    const training = columns.map((column) => column.subarray(0, stoppingFrom));
    this.#grower = new TreeGrower(binFeatures(training, thresholds), thresholds, rules);
    this.#predictions = new Float64Array(targets.length).fill(base);
    this.#gradient = new Float64Array(stoppingFrom);
    this.#hessian = new Float64Array(stoppingFrom);
    this.#measure();
    if (checkpoint !== undefined) {
      for (const tree of decodeTrees(checkpoint, columns.length)) this.#add(tree);
    }
  }

  step(budget: StepBudget): boolean {
    return workThrough(
      budget,
      () => this.#done,
      () => this.#add(this.#grow()),
    );
  }

  checkpoint(): Json {
    return encodeTrees(this.#trees);
  }

  progress(): number {
    return this.#done ? 1 : this.#trees.length / this.#rules.trees;
  }

  /** @throws Error before `step` returned true */
  result(): BoostedTrees {
    requireDone(this.#done);
    return { base: this.#data.base, trees: this.#trees.slice(0, this.#bestRound) };
  }

  get #done(): boolean {
    const { trees, patience } = this.#rules;
    return this.#trees.length >= trees || this.#trees.length - this.#bestRound >= patience;
  }

  #grow(): RegressionTree {
    const { targets, stoppingFrom, columns } = this.#data;
    const { subsample, columnShare, seed } = this.#rules;
    for (let i = 0; i < stoppingFrom; i++) {
      this.#gradient[i] = this.#objective.gradient(this.#predictions[i], targets[i]);
      this.#hessian[i] = this.#objective.hessian(this.#predictions[i], targets[i]);
    }
    const round = this.#trees.length;
    const rows = drawShare(stoppingFrom, subsample, deriveSeed(seed, 'rows', round));
    const features = drawShare(columns.length, columnShare, deriveSeed(seed, 'columns', round));
    return this.#grower.grow(rows, Int16Array.from(features), this.#gradient, this.#hessian);
  }

  #add(tree: RegressionTree): void {
    this.#trees.push(tree);
    for (let i = 0; i < this.#predictions.length; i++) {
      this.#predictions[i] += predictTree(tree, this.#data.columns, i);
    }
    this.#measure();
  }

  #measure(): void {
    const { stoppingFrom, targets } = this.#data;
    const training = this.#meanLoss(0, stoppingFrom);
    const stopping = this.#meanLoss(stoppingFrom, targets.length);
    this.losses.push({ training, stopping });
    const round = this.#trees.length;
    if (stoppingFrom === targets.length || stopping < this.losses[this.#bestRound].stopping) {
      this.#bestRound = round;
    }
  }

  #meanLoss(from: number, to: number): number {
    let sum = 0;
    for (let i = from; i < to; i++) sum += this.#objective.loss(this.#predictions[i], this.#data.targets[i]);
    return sum / (to - from);
  }
}

/** A share of 0 to n - 1, at least one, ascending; all of them without a draw. */
function drawShare(n: number, share: number, seed: number): Int32Array {
  const count = Math.max(1, Math.round(share * n));
  if (count === n) return Int32Array.from({ length: n }, (_, i) => i);
  return new SeededRandom(seed).permutation(n).subarray(0, count).sort();
}
