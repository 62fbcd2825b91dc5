import { describe, expect, it } from 'vitest';
import {
  binFeatures,
  learnBinThresholds,
} from '../../../../src/shared/models/gradient-boosting/feature-binning.ts';
import type { FeatureColumns } from '../../../../src/shared/models/gradient-boosting/feature-matrix.ts';
import { TreeGrower, type TreeRules } from '../../../../src/shared/models/gradient-boosting/grow-tree.ts';
import { predictTree } from '../../../../src/shared/models/gradient-boosting/regression-tree.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const RULES: TreeRules = {
  depth: 3,
  learningRate: 1,
  lambda: 1,
  gamma: 0,
  minimumChildWeight: 1,
};

interface Rows {
  readonly columns: FeatureColumns;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

function grow({ columns, gradient, hessian }: Rows, rules: TreeRules, features?: readonly number[]) {
  const rows = gradient.length;
  const thresholds = learnBinThresholds(columns, { from: 0, to: rows });
  const grower = new TreeGrower(binFeatures(columns, thresholds), thresholds, rules);
  return grower.grow(
    Int32Array.from({ length: rows }, (_, i) => i),
    Int16Array.from(features ?? columns.map((_, j) => j)),
    gradient,
    hessian,
  );
}

/** The split search by definition: each threshold of each feature, missing values on either side, sums from the rows. */
function slowPredictions({ columns, gradient, hessian }: Rows, rules: TreeRules): number[] {
  const predictions = new Array<number>(gradient.length);
  const sum = (values: Float64Array, rows: readonly number[]) =>
    rows.reduce((total, row) => total + values[row], 0);
  const score = (rows: readonly number[]) => sum(gradient, rows) ** 2 / (sum(hessian, rows) + rules.lambda);
  const split = (rows: readonly number[], depth: number): void => {
    let best: { gain: number; left: number[]; right: number[] } | undefined;
    for (const column of depth > 0 ? columns : []) {
      const values = [...new Set(rows.map((row) => column[row]).filter((value) => !Number.isNaN(value)))];
      for (const value of values) {
        for (const missingLeft of [false, true]) {
          const goesLeft = (row: number) => (Number.isNaN(column[row]) ? missingLeft : column[row] <= value);
          const left = rows.filter(goesLeft);
          const right = rows.filter((row) => !goesLeft(row));
          if (Math.min(sum(hessian, left), sum(hessian, right)) < rules.minimumChildWeight) continue;
          const gain = (score(left) + score(right) - score(rows)) / 2 - rules.gamma;
          if (gain > 1e-9 && gain > (best?.gain ?? 0) + 1e-12) best = { gain, left, right };
        }
      }
    }
    if (best === undefined) {
      const leaf = (-sum(gradient, rows) / (sum(hessian, rows) + rules.lambda)) * rules.learningRate;
      for (const row of rows) predictions[row] = leaf;
      return;
    }
    split(best.left, depth - 1);
    split(best.right, depth - 1);
  };
  split([...gradient.keys()], rules.depth);
  return predictions;
}

function randomRows(seed: number): Rows {
  const random = new SeededRandom(seed);
  const n = 80;
  const columns = Array.from({ length: 4 }, (_, j) =>
    Float32Array.from({ length: n }, () =>
      j === 1 && random.uniform() < 0.3 ? Number.NaN : Math.floor(12 * random.uniform()),
    ),
  );
  columns.push(new Float32Array(n).fill(3));
  return {
    columns,
    gradient: Float64Array.from({ length: n }, () => random.normal()),
    hessian: Float64Array.from({ length: n }, () => 0.2 + random.uniform()),
  };
}

describe('a tree', () => {
  it.each([
    RULES,
    { ...RULES, depth: 1, lambda: 0 },
    { ...RULES, depth: 4, gamma: 0.4, learningRate: 0.1 },
    { ...RULES, minimumChildWeight: 8, lambda: 5 },
  ])('is the one that a search by definition finds (%j)', (rules) => {
    for (let seed = 1; seed <= 8; seed++) {
      const rows = randomRows(seed);
      const tree = grow(rows, rules);
      slowPredictions(rows, rules).forEach((expected, row) => {
        expect(predictTree(tree, rows.columns, row)).toBeCloseTo(expected, 10);
      });
    }
  });

  it('is one leaf with the Newton step when nothing can be gained', () => {
    const columns = [new Float32Array(4).fill(1)];
    const tree = grow(
      { columns, gradient: Float64Array.of(1, 2, 3, 4), hessian: new Float64Array(4).fill(1) },
      RULES,
    );
    expect([...tree.features]).toEqual([-1]);
    expect([...tree.values]).toEqual([-10 / 5]);
  });

  it('parts what is missing from what is not', () => {
    const columns = [Float32Array.of(5, Number.NaN, 5, Number.NaN)];
    const gradient = Float64Array.of(-1, 1, -1, 1);
    const tree = grow({ columns, gradient, hessian: new Float64Array(4).fill(1) }, { ...RULES, lambda: 0 });
    expect([0, 1].map((row) => predictTree(tree, columns, row))).toEqual([1, -1]);
    expect(predictTree(tree, [Float32Array.of(1e9)], 0)).toBe(1);
  });

  it('sends missing values that it never saw where most rows went', () => {
    const columns = [Float32Array.of(1, 2, 2, 2)];
    const gradient = Float64Array.of(1, -1, -1, -1);
    const tree = grow({ columns, gradient, hessian: new Float64Array(4).fill(1) }, { ...RULES, lambda: 0 });
    expect(predictTree(tree, [Float32Array.of(Number.NaN)], 0)).toBe(1);
  });

  it('splits on the features it may split on only', () => {
    const rows = randomRows(1);
    const tree = grow(rows, { ...RULES, depth: 4 }, [1, 3]);
    expect(new Set(tree.features)).toEqual(new Set([-1, 1, 3]));
  });

  it('is multiplied by the learning rate', () => {
    const rows = randomRows(2);
    const [whole, tenth] = [1, 0.1].map((learningRate) => grow(rows, { ...RULES, learningRate }));
    for (let row = 0; row < 80; row++) {
      expect(predictTree(tenth, rows.columns, row)).toBeCloseTo(predictTree(whole, rows.columns, row) / 10);
    }
  });
});
