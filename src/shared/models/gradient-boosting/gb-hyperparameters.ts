import type { Hyperparameters } from '../forecaster.ts';
import { parseByRules, type Rule } from '../parse-by-rules.ts';

/** What is chosen before gradient boosting is fitted. All but the last are of the trees for the scale. */
export interface GbHyperparameters {
  /** Trees at most, 1 to 500; early stopping may take fewer. */
  readonly trees: number;
  /** Splits from a root to a leaf at most, 1 to 8. */
  readonly depth: number;
  /** Shrinkage, above 0 and at most 1. */
  readonly learningRate: number;
  /** Bars in a leaf at least, 1 to 1000; default 20. */
  readonly minimumChildWeight: number;
  /** Penalty on squared leaf values, 0 to 1e6; default 1. */
  readonly lambda: number;
  /** Penalty on each leaf, 0 to 1e6; default 0. */
  readonly gamma: number;
  /** Share of the bars that each tree sees, 0.1 to 1; default 0.7. */
  readonly subsample: number;
  /** Share of the features that each tree may split on, 0.1 to 1; default 0.5. */
  readonly columnShare: number;
  /** Trees of the mean at most, 0 to 500; default 50. */
  readonly meanTrees: number;
}

/** Tried on validation, in this order. */
export const GB_GRID: readonly Hyperparameters[] = [
  { trees: 100, depth: 2, learningRate: 0.05 },
  { trees: 100, depth: 4, learningRate: 0.05 },
];

const RULES: Readonly<Record<keyof GbHyperparameters, Rule>> = {
  trees: { lowest: 1, highest: 500, multipleOf: 1 },
  depth: { lowest: 1, highest: 8, multipleOf: 1 },
  learningRate: { lowest: 1e-6, highest: 1 },
  minimumChildWeight: { lowest: 1, highest: 1000, default: 20 },
  lambda: { lowest: 0, highest: 1e6, default: 1 },
  gamma: { lowest: 0, highest: 1e6, default: 0 },
  subsample: { lowest: 0.1, highest: 1, default: 0.7 },
  columnShare: { lowest: 0.1, highest: 1, default: 0.5 },
  meanTrees: { lowest: 0, highest: 500, multipleOf: 1, default: 50 },
};

/**
 * Hyperparameters with their defaults.
 *
 * @throws FitError `invalid_hyperparameters` for a value that is missing, out of its range, or has another name
 */
export function parseGbHyperparameters(hyperparameters: Hyperparameters): GbHyperparameters {
  return parseByRules<GbHyperparameters>('GB', RULES, hyperparameters);
}
