import { describe, expect, it } from 'vitest';
import { NormalEquations } from '../../../../src/shared/models/linear-path/normal-equations.ts';
import { ordinaryLeastSquares } from '../../../../src/shared/numerics/ordinary-least-squares.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const random = new SeededRandom(2);
const columns = Array.from({ length: 3 }, () =>
  Float64Array.from({ length: 200 }, () => 5 + random.normal()),
);
const outcome = columns[0].map((value, i) => 1 + 0.5 * value - columns[2][i] + 0.1 * random.normal());

function solved(targets: number[], penalty: number, rows = 200) {
  const equations = new NormalEquations(3);
  for (let t = 0; t < rows; t++) equations.add(columns, t, outcome[t]);
  return equations.solve(targets, new Array(3).fill(penalty))!;
}

describe('normal equations', () => {
  it('find what least squares find where nothing draws them', () => {
    const { coefficients } = ordinaryLeastSquares([new Float64Array(200).fill(1), ...columns], outcome)!;
    solved([9, 9, 9], 1e-9).forEach((value, j) => {
      expect(value).toBeCloseTo(coefficients[j], 6);
    });
  });

  it('keep to the targets where they are drawn strongly, with the constant that then fits', () => {
    const [constant, ...slopes] = solved([0.4, 0.1, -0.9], 1e9);
    [0.4, 0.1, -0.9].forEach((target, j) => {
      expect(slopes[j]).toBeCloseTo(target, 6);
    });
    const errors = outcome.map(
      (value, t) => value - constant - slopes.reduce((sum, slope, j) => sum + slope * columns[j][t], 0),
    );
    expect(errors.reduce((sum, error) => sum + error, 0) / 200).toBeCloseTo(0, 9);
  });

  it('give a column that does not vary its target', () => {
    const equations = new NormalEquations(2);
    for (let t = 0; t < 200; t++) equations.add([columns[0], new Float64Array(200).fill(3)], t, outcome[t]);
    expect(equations.solve([0, 0.7], [1, 1])![2]).toBeCloseTo(0.7, 9);
  });

  it('leave out rows that are not finite, and have no solution without any', () => {
    const equations = new NormalEquations(3);
    equations.add(columns, 0, Number.NaN);
    equations.add([columns[0], columns[1], new Float64Array(200).fill(Number.POSITIVE_INFINITY)], 0, 1);
    expect(equations.count).toBe(0);
    expect(equations.solve([0, 0, 0], [1, 1, 1])).toBeNull();
  });
});
