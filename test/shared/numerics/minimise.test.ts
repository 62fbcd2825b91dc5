import { describe, expect, it } from 'vitest';
import {
  lowestMinimum,
  type Minimum,
  minimise,
  type Objective,
} from '../../../src/shared/numerics/minimise.ts';
import { minimiseQuadraticInBox } from '../../../src/shared/numerics/minimise-quadratic-in-box.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

/** Balances truncation (width squared) against rounding (1 / width) for values known to about 15 digits. */
const WIDTH = 1e-5;

/** An objective whose gradient is found by central differences. `value` must exist a little beyond the bounds. */
function withCentralDifferences(value: (x: Float64Array) => number): Objective {
  return (x, gradient) => {
    const moved = x.slice();
    for (let i = 0; i < x.length; i++) {
      moved[i] = x[i] + WIDTH;
      const above = value(moved);
      moved[i] = x[i] - WIDTH;
      const below = value(moved);
      moved[i] = x[i];
      gradient[i] = (above - below) / (2 * WIDTH);
    }
    return value(x);
  };
}

const unbounded = (n: number) => ({
  lower: new Float64Array(n).fill(Number.NEGATIVE_INFINITY),
  upper: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
});

const rosenbrock: Objective = (x, gradient) => {
  const curve = x[1] - x[0] * x[0];
  gradient[0] = -400 * x[0] * curve - 2 * (1 - x[0]);
  gradient[1] = 200 * curve;
  return 100 * curve * curve + (1 - x[0]) ** 2;
};

describe('minimise', () => {
  it('finds the bottom of a curved valley', () => {
    const found = minimise(rosenbrock, Float64Array.of(-1.2, 1), unbounded(2));
    expect(found.converged).toBe(true);
    expect(found.x[0]).toBeCloseTo(1, 10);
    expect(found.x[1]).toBeCloseTo(1, 10);
  });

  it('finds an optimum on a bound, exactly', () => {
    const bounds = { lower: Float64Array.of(-2, -2), upper: Float64Array.of(0.5, 2) };
    const found = minimise(rosenbrock, Float64Array.of(-1.2, 1), bounds);
    expect(found.converged).toBe(true);
    expect(found.x[0]).toBe(0.5);
    expect(found.x[1]).toBeCloseTo(0.25, 10);
  });

  it('holds a variable whose bounds are equal', () => {
    const bounds = { lower: Float64Array.of(0.3, -2), upper: Float64Array.of(0.3, 2) };
    const found = minimise(rosenbrock, Float64Array.of(9, 1), bounds);
    expect(found.x[0]).toBe(0.3);
    expect(found.x[1]).toBeCloseTo(0.09, 10);
    expect(found.converged).toBe(true);
  });

  it('turns back from where the function does not exist', () => {
    const barrier: Objective = (x, gradient) => {
      gradient[0] = 1 - 1 / x[0];
      return x[0] > 0 ? x[0] - Math.log(x[0]) : Number.NaN;
    };
    const found = minimise(barrier, Float64Array.of(20), unbounded(1));
    expect(found.x[0]).toBeCloseTo(1, 10);
    expect(found.converged).toBe(true);
  });

  it('says so when it has not converged', () => {
    const found = minimise(rosenbrock, Float64Array.of(-1.2, 1), { ...unbounded(2), maximumIterations: 1 });
    const falling: Objective = (x, gradient) => {
      gradient[0] = -1;
      return -x[0];
    };
    expect(found.converged).toBe(false);
    expect(minimise(falling, Float64Array.of(0), unbounded(1)).converged).toBe(false);
    expect(minimise(() => Number.NaN, Float64Array.of(0), unbounded(1)).converged).toBe(false);
  });

  it('does without an analytic gradient', () => {
    const objective = withCentralDifferences((x) => (x[0] - 3) ** 4 + (x[1] + x[0]) ** 2);
    const found = minimise(objective, Float64Array.of(0, 0), unbounded(2));
    expect(found.x[0]).toBeCloseTo(3, 1);
    expect(found.value).toBeLessThan(1e-6);
  });
});

describe('the lowest of several minima', () => {
  const at = (value: number, converged = true): Minimum => ({
    x: new Float64Array(),
    value,
    converged,
    iterations: 1,
  });

  it('is the lowest, but the first among equals up to rounding', () => {
    const minima = [at(5), at(2), at(2 - 1e-12), at(3)];
    expect(lowestMinimum(minima)).toBe(minima[1]);
  });

  it('is one that exists and, among equals, has converged', () => {
    const minima = [at(Number.NaN), at(2, false), at(2)];
    expect(lowestMinimum(minima)).toBe(minima[2]);
  });
});

describe('a quadratic in a box', () => {
  it('is minimised as by trying every combination of bounds', () => {
    const random = new SeededRandom(11);
    for (let round = 0; round < 300; round++) {
      const n = 1 + (round % 4);
      const root = Float64Array.from({ length: n * n }, () => random.normal());
      const hessian = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          for (let k = 0; k < n; k++) hessian[i * n + j] += root[i * n + k] * root[j * n + k];
        }
        hessian[i * n + i] += 0.01;
      }
      const gradient = Float64Array.from({ length: n }, () => random.normal());
      const x = Float64Array.from({ length: n }, () => random.uniform());
      const [lower, upper] = [new Float64Array(n), new Float64Array(n).fill(1)];
      const value = (d: ArrayLike<number>) => {
        let sum = 0;
        for (let i = 0; i < n; i++) {
          sum += gradient[i] * d[i];
          for (let j = 0; j < n; j++) sum += 0.5 * d[i] * hessian[i * n + j] * d[j];
        }
        return sum;
      };
      const { direction, decrement } = minimiseQuadraticInBox(hessian, gradient, x, lower, upper);
      expect(decrement).toBeCloseTo(-value(direction), 10);
      // A minimum of a convex function: no move of one variable, nor any to another point of the box, is lower.
      for (let trial = 0; trial < 50; trial++) {
        const other = Float64Array.from({ length: n }, (_, i) => random.uniform() - x[i]);
        expect(value(other)).toBeGreaterThanOrEqual(value(direction) - 1e-9);
        const near = direction.map((d, i) => Math.min(1 - x[i], Math.max(-x[i], d + 1e-3 * (other[i] - d))));
        expect(value(near)).toBeGreaterThanOrEqual(value(direction) - 1e-12);
      }
    }
  });
});
