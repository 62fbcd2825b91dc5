import { describe, expect, it } from 'vitest';
import { choleskyFactor, choleskySolve } from '../../../src/shared/numerics/cholesky.ts';
import { ordinaryLeastSquares } from '../../../src/shared/numerics/ordinary-least-squares.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

describe('ordinary least squares', () => {
  it('draws the line through a small example worked by hand', () => {
    const fit = ordinaryLeastSquares(
      [new Float64Array(3).fill(1), Float64Array.of(0, 1, 2)],
      Float64Array.of(1, 2, 4),
    )!;
    expect(fit.coefficients[0]).toBeCloseTo(5 / 6, 12);
    expect(fit.coefficients[1]).toBeCloseTo(1.5, 12);
    expect(fit.residualVariance).toBeCloseTo(1 / 6, 12);
    expect(fit.standardErrors[1]).toBeCloseTo(Math.sqrt(1 / 12), 12);
  });

  it('agrees with the normal equations', () => {
    const random = new SeededRandom(1);
    const column = () => Float64Array.from({ length: 60 }, () => random.normal());
    const columns = [new Float64Array(60).fill(1), column(), column(), column()];
    const outcome = column();
    const fit = ordinaryLeastSquares(columns, outcome)!;
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const normal = Float64Array.from(columns.flatMap((a) => columns.map((b) => dot(a, b))));
    const factor = choleskyFactor(normal, 4)!;
    const expected = choleskySolve(
      factor,
      4,
      Float64Array.from(columns, (a) => dot(a, outcome)),
    );
    expected.forEach((value, i) => {
      expect(fit.coefficients[i]).toBeCloseTo(value, 10);
    });
    for (const a of columns) expect(dot(a, fit.residuals)).toBeCloseTo(0, 10);
    const unit = Float64Array.of(0, 1, 0, 0);
    const inverse = choleskySolve(factor, 4, unit)[1];
    expect(fit.standardErrors[1]).toBeCloseTo(Math.sqrt(fit.residualVariance * inverse), 10);
  });

  it('refuses dependent columns and too few rows', () => {
    const ones = new Float64Array(5).fill(1);
    expect(
      ordinaryLeastSquares([ones, ones.map((value) => 3 * value)], Float64Array.of(1, 2, 3, 4, 5)),
    ).toBeNull();
    expect(() => ordinaryLeastSquares([new Float64Array(1)], new Float64Array(1))).toThrow(RangeError);
    expect(() => ordinaryLeastSquares([new Float64Array(3)], new Float64Array(4))).toThrow(RangeError);
  });
});

describe('the Cholesky factor', () => {
  it('solves, and does not exist for a matrix that is not positive definite', () => {
    const factor = choleskyFactor(Float64Array.of(4, 2, 2, 3), 2)!;
    const x = choleskySolve(factor, 2, Float64Array.of(8, 7));
    expect(x[0]).toBeCloseTo(1.25, 14);
    expect(x[1]).toBeCloseTo(1.5, 14);
    expect(choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
    expect(choleskyFactor(Float64Array.of(Number.NaN), 1)).toBeNull();
  });
});
