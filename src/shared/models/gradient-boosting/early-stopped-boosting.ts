import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import type { Resumable, StepBudget } from '../forecaster.ts';
import type { BoostedTrees } from './boosted-trees.ts';
import type { BoostingObjective } from './boosting-objective.ts';
import type { FeatureColumns } from './feature-matrix.ts';
import { type BoostingRules, GradientBoosting } from './gradient-boosting.ts';

/** Share of the rows, the latest, that choose the number of trees. */
const STOPPING_SHARE = 0.15;

/**
 * Boosts twice: first on the earlier 85 % of the rows, to learn from the others how many trees help; then that many on all
 * rows. None when no tree helps.
 */
export class EarlyStoppedBoosting implements Resumable<BoostedTrees> {
  readonly #columns: FeatureColumns;
  readonly #targets: Float64Array;
  readonly #rules: BoostingRules;
  readonly #objective: BoostingObjective;
  /** Trees that help; undefined while it is being found out. */
  #trees: number | undefined;
  #boosting: GradientBoosting;

  /**
   * @param columns rows in order of time
   * @param checkpoint of the same boosting
   * @throws FitError `invalid_artifact` for another's checkpoint
   */
  constructor(
    columns: FeatureColumns,
    targets: Float64Array,
    objective: BoostingObjective,
    rules: BoostingRules,
    checkpoint?: Json,
  ) {
    this.#columns = columns;
    this.#targets = targets;
    this.#rules = rules;
    this.#objective = objective;
    if (checkpoint === undefined) {
      this.#boosting = this.#start();
      return;
    }
    const { trees, boosting } = (checkpoint ?? {}) as { trees?: unknown; boosting?: Json };
    const known = Number.isInteger(trees) && (trees as number) >= 0 && (trees as number) <= rules.trees;
    if (boosting === undefined || !(trees === null || known)) {
      throw new FitError('invalid_artifact', 'A checkpoint of boosting holds its trees and their number.');
    }
    this.#trees = trees === null ? undefined : (trees as number);
    this.#boosting = this.#start(boosting);
  }

  step(budget: StepBudget): boolean {
    let done = this.#boosting.step(budget);
    if (done && this.#trees === undefined) {
      this.#trees = this.#boosting.result().trees.length;
      this.#boosting = this.#start();
      done = budget.expired() ? this.#trees === 0 : this.#boosting.step(budget);
    }
    return done;
  }

  checkpoint(): Json {
    return { trees: this.#trees ?? null, boosting: this.#boosting.checkpoint() };
  }

  progress(): number {
    return (this.#boosting.progress() + (this.#trees === undefined ? 0 : 1)) / 2;
  }

  /** @throws Error before `step` returned true */
  result(): BoostedTrees {
    if (this.#trees === undefined) throw new Error('Boosting is not done yet: step() has not returned true.');
    return this.#boosting.result();
  }

  #start(checkpoint?: Json): GradientBoosting {
    const rows = this.#targets.length;
    const searching = this.#trees === undefined;
    const data = {
      columns: this.#columns,
      targets: this.#targets,
      stoppingFrom: searching ? rows - Math.ceil(STOPPING_SHARE * rows) : rows,
      base: 0,
    };
    const { trees, seed } = this.#rules;
    const rules = {
      ...this.#rules,
      trees: this.#trees ?? trees,
      seed: deriveSeed(seed, searching ? 'search' : 'all'),
    };
    return new GradientBoosting(data, this.#objective, rules, checkpoint);
  }
}
