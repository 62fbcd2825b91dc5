import { readFileSync } from 'node:fs';
import exp from '@stdlib/math-base-special-exp';
import { expect, it } from 'vitest';
import { unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { predictBoosted } from '../../../../src/shared/models/gradient-boosting/boosted-trees.ts';
import {
  type BoostingObjective,
  squaredError,
} from '../../../../src/shared/models/gradient-boosting/boosting-objective.ts';
import { GradientBoosting } from '../../../../src/shared/models/gradient-boosting/gradient-boosting.ts';

// Each value has a bin of its own, a column has missing values, and one is constant. The same rows as trained on: where no
// row was, xgboost's thresholds lie elsewhere within a gap than ours.
interface Reference {
  readonly package: string;
  readonly command: string;
  readonly trees: number;
  readonly columns: readonly (readonly (number | null)[])[];
  readonly cases: readonly {
    readonly name: string;
    readonly objective: 'squaredError' | 'exponential';
    readonly targets: readonly number[];
    readonly depth: number;
    readonly learningRate: number;
    readonly lambda: number;
    /** xgboost's gamma, which is compared with twice the gain of the paper. */
    readonly minimumLoss: number;
    readonly minimumChildWeight: number;
    readonly base: number;
    readonly predictions: readonly number[];
  }[];
}

const reference = JSON.parse(
  readFileSync(new URL('./xgboost-reference.json', import.meta.url), 'utf8'),
) as Reference;
const columns = reference.columns.map((column) => Float32Array.from(column, (value) => value ?? Number.NaN));

/** Minus the log likelihood of an exponential distribution by the log of its mean: another second derivative a row. */
const exponential: BoostingObjective = {
  loss: (prediction, target) => prediction + target * exp(-prediction),
  gradient: (prediction, target) => 1 - target * exp(-prediction),
  hessian: (prediction, target) => target * exp(-prediction),
};

it.each(reference.cases)('gives the predictions of xgboost: $name', (wanted) => {
  const boosting = new GradientBoosting(
    {
      columns,
      targets: Float64Array.from(wanted.targets),
      stoppingFrom: wanted.targets.length,
      base: wanted.base,
    },
    wanted.objective === 'exponential' ? exponential : squaredError,
    {
      trees: reference.trees,
      depth: wanted.depth,
      learningRate: wanted.learningRate,
      lambda: wanted.lambda,
      gamma: wanted.minimumLoss / 2,
      minimumChildWeight: wanted.minimumChildWeight,
      subsample: 1,
      columnShare: 1,
      patience: 1,
      seed: 1,
    },
  );
  boosting.step(unlimitedBudget);
  const boosted = boosting.result();
  expect(boosted.trees).toHaveLength(reference.trees);
  const errors = wanted.predictions.map((value, row) =>
    Math.abs(predictBoosted(boosted, columns, row) - value),
  );
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});
