import { expect, it } from 'vitest';
import { minimise } from '../../../src/shared/numerics/minimise.ts';

/** Rosenbrock's valley, whose minimum is 0 at (1, 1). */
const valley = ([x, y]: Float64Array, gradient: Float64Array) => {
  gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
  gradient[1] = 200 * (y - x * x);
  return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
};
const box = { lower: Float64Array.of(-5, -5), upper: Float64Array.of(5, 5) };
const start = Float64Array.of(-1.2, 1);

it('a coarse search ends near the minimum, calls it unconverged, and costs less', () => {
  let evaluations = 0;
  const counted: typeof valley = (x, gradient) => {
    evaluations++;
    return valley(x, gradient);
  };
  const coarse = minimise(counted, start, { ...box, coarse: true });
  const coarseCost = evaluations;
  evaluations = 0;
  const fine = minimise(counted, start, box);
  expect(coarse.converged).toBe(false);
  expect(coarse.value).toBeLessThan(1e-4);
  expect(coarseCost).toBeLessThan(evaluations);
  const refined = minimise(valley, coarse.x, box);
  expect(refined.converged).toBe(true);
  refined.x.forEach((value, i) => {
    expect(value).toBeCloseTo(fine.x[i], 9);
  });
});
