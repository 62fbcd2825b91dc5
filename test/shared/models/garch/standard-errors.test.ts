import { describe, expect, it } from 'vitest';
import type { Likelihood } from '../../../../src/shared/models/garch/likelihood.ts';
import { standardErrors } from '../../../../src/shared/models/garch/standard-errors.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const random = new SeededRandom(77);
// Not normal, so that the robust errors differ from the others.
const values = Float64Array.from({ length: 3000 }, () => (random.uniform() < 0.1 ? 4 : 1) * random.normal());
const n = values.length;

/** A normal with mean and variance, whose standard errors are known in closed form. */
const normal: Likelihood = {
  parameterNames: ['mean', 'variance'],
  evaluate([mean, variance], gradient) {
    gradient[0] = values.reduce((sum, value) => sum - (value - mean) / variance, 0);
    gradient[1] = values.reduce(
      (sum, value) => sum + 0.5 / variance - (value - mean) ** 2 / (2 * variance ** 2),
      0,
    );
    return -this.logDensities(Float64Array.of(mean, variance)).reduce((sum, value) => sum + value, 0);
  },
  logDensities: ([mean, variance]) =>
    values.map((value) => -0.5 * (Math.log(2 * Math.PI * variance) + (value - mean) ** 2 / variance)),
  parameterScales: ([, variance]) => Float64Array.of(Math.sqrt(variance), variance),
};

const mean = values.reduce((sum, value) => sum + value, 0) / n;
const moment = (k: number) => values.reduce((sum, value) => sum + (value - mean) ** k, 0) / n;
const at = Float64Array.of(mean, moment(2));

describe('standard errors', () => {
  it('are those known in closed form for a normal', () => {
    const { hessian, robust } = standardErrors(normal, at, ['mean', 'variance']);
    expect(hessian!.mean! / Math.sqrt(moment(2) / n)).toBeCloseTo(1, 6);
    expect(hessian!.variance! / (moment(2) * Math.sqrt(2 / n))).toBeCloseTo(1, 6);
    expect(robust!.mean! / Math.sqrt(moment(2) / n)).toBeCloseTo(1, 6);
    expect(robust!.variance! / Math.sqrt((moment(4) - moment(2) ** 2) / n)).toBeCloseTo(1, 6);
  });

  it('from the outer product take no second derivative', () => {
    const { opg } = standardErrors(normal, at, ['variance']);
    const squares = values.reduce(
      (sum, value) => sum + (((value - mean) ** 2 - moment(2)) / (2 * moment(2) ** 2)) ** 2,
      0,
    );
    expect(opg!.variance! * Math.sqrt(squares)).toBeCloseTo(1, 6);
  });

  it('are null where the likelihood has no curvature, and leave out what was not estimated', () => {
    const far = Float64Array.of(mean, 100 * moment(2)); // beyond the inflection in the variance
    expect(standardErrors(normal, far, ['variance'])).toMatchObject({ hessian: null, robust: null });
    expect(Object.keys(standardErrors(normal, at, ['mean']).hessian!)).toEqual(['mean']);
    expect(() => standardErrors(normal, at, ['median'])).toThrow(RangeError);
  });

  it('hold what lies on a bound, and are null for what cannot move then', () => {
    const bound = (name: string, lower: number) => ({
      name,
      coefficients: { [name]: 1 },
      lower,
      upper: Number.POSITIVE_INFINITY,
    });
    const free = standardErrors(normal, at, ['mean', 'variance'], [bound('mean', mean - 1)]);
    expect(free).toEqual(standardErrors(normal, at, ['mean', 'variance']));
    const held = standardErrors(normal, at, ['mean', 'variance'], [bound('mean', mean)]);
    expect(held.atBounds).toEqual(['mean']);
    expect(held.robust!.mean).toBeNull();
    expect(held.robust!.variance! / standardErrors(normal, at, ['variance']).robust!.variance!).toBeCloseTo(
      1,
      12,
    );
  });

  it('are none where the curvature that is left beside another parameter is but noise', () => {
    // Two parameters whose sum alone matters, but for a trace.
    const alike = (trace: number): Likelihood => ({
      parameterNames: ['a', 'b'],
      evaluate([a, b], gradient) {
        gradient[0] = 100 * (a + b) + trace * a;
        gradient[1] = 100 * (a + b);
        return 50 * (a + b) ** 2 + (trace * a ** 2) / 2;
      },
      logDensities: ([a, b]) => Float64Array.of(-50 * (a + b) ** 2 - (trace * a ** 2) / 2),
      parameterScales: () => Float64Array.of(1, 1),
    });
    const errorsOf = (trace: number) => standardErrors(alike(trace), new Float64Array(2), ['b', 'a']);
    expect(errorsOf(1e-7)).toMatchObject({ hessian: null, robust: null, reason: 'not_positive_definite' });
    expect(errorsOf(1e-4).hessian!.a! * Math.sqrt(1e-4)).toBeCloseTo(1, 3);
  });

  it('are none, with the reason, where the likelihood ends just beside', () => {
    const ends: Likelihood = {
      ...normal,
      evaluate: (point, gradient) =>
        point[1] > at[1] ? Number.POSITIVE_INFINITY : normal.evaluate(point, gradient),
    };
    expect(standardErrors(ends, at, ['mean', 'variance'])).toMatchObject({
      hessian: null,
      robust: null,
      reason: 'no_derivatives',
    });
  });
});
