import { describe, expect, it } from 'vitest';
import { chiSquareSurvival } from '../../../../src/shared/numerics/distributions/chi-square.ts';
import { gammaSurvival } from '../../../../src/shared/numerics/distributions/gamma.ts';
import {
  normalCdf,
  normalDeviate,
  normalQuantile,
} from '../../../../src/shared/numerics/distributions/normal.ts';
import { studentTCdf, studentTQuantile } from '../../../../src/shared/numerics/distributions/student-t.ts';
import reference from './fixtures/wide-grid.json';

/** Relative to a figure whose digits are all there: not below 1e-300. */
const errorOf = (value: number, expected: number) =>
  value === expected ? 0 : Math.abs(value - expected) / Math.max(Math.abs(expected), 1e-300);

/** The rows that are further from R than 1e-12, with their errors. */
function far(rows: readonly number[][], errors: (row: number[]) => number[]) {
  return rows
    .map((row) => ({ row, error: Math.max(...errors(row)) }))
    .filter(({ error }) => !(error < 1e-12));
}

describe('from the deepest lower to the deepest upper tail, probabilities are within 1e-12 of R', () => {
  it('normal', () => {
    const errors = ([x, lower, upper]: number[]) => [
      errorOf(normalCdf(x), lower),
      errorOf(normalCdf(-x), upper),
    ];
    expect(far(reference.normal, errors)).toEqual([]);
    expect(far(reference.normalQuantile, ([p, x]) => [errorOf(normalQuantile(p), x)])).toEqual([]);
  });

  it('gamma and chi-square, shapes of 0.001 to a million', () => {
    const errors = ([shape, x, , upper]: number[]) => [
      errorOf(gammaSurvival(x, shape), upper),
      errorOf(chiSquareSurvival(2 * x, 2 * shape), upper),
    ];
    expect(far(reference.gamma, errors)).toEqual([]);
  });

  it('Student t, 0.5 to 10^10 degrees of freedom', () => {
    const errors = ([nu, x, lower, upper]: number[]) => [
      errorOf(studentTCdf(-x, nu), lower),
      errorOf(studentTCdf(x, nu), upper),
    ];
    expect(far(reference.studentT, errors)).toEqual([]);
  });

  it('quantiles of Student t', () => {
    const errors = ([nu, p, x]: number[]) => [errorOf(studentTQuantile(p, nu), x)];
    expect(far(reference.studentTQuantile, errors)).toEqual([]);
  });
});

describe('quantiles of Student t where R loses digits', () => {
  const probabilities = [
    1e-300, 1e-100, 1e-17, 1e-7, 9e-4, 0.0011, 0.1, 0.24, 0.26, 0.4989, 0.4991, 0.499999,
  ];

  it.each(probabilities)('are the closed forms of 1 and 2 degrees of freedom: %f', (p) => {
    // 1 / tan, not tan at p - 1/2: the small argument is the exact one, from either end.
    const cauchy = p < 0.25 ? -1 / Math.tan(Math.PI * p) : Math.tan(Math.PI * (p - 0.5));
    expect(errorOf(studentTQuantile(p, 1), cauchy)).toBeLessThan(1e-12);
    const two = (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
    expect(errorOf(studentTQuantile(p, 2), two)).toBeLessThan(1e-12);
  });

  it('are as exact at the middle, for any degrees of freedom', () => {
    // x = (p - 1/2) / f(0) up to a third power, and f(0) is the slope that the distribution function has there.
    for (const nu of [0.5, 1, 1.7, 3, 30, 1e5, 1e10]) {
      const slope = (studentTCdf(1e-5, nu) - 0.5) / 1e-5;
      for (const distance of [1e-16, 1e-12, 1e-9, 1e-7]) {
        // What is left of the distance beside one half is the distance.
        const exact = 0.5 + distance - 0.5;
        expect(errorOf((studentTQuantile(0.5 + distance, nu) * slope) / exact, 1)).toBeLessThan(1e-9);
        expect(studentTQuantile(0.5 - exact, nu)).toBe(-studentTQuantile(0.5 + exact, nu));
      }
    }
  });

  it('come back through the distribution on both sides of every change of method', () => {
    for (const nu of [0.7, 0.999, 1, 2.5, 39.9, 40.1, 9999, 10_001, 1e6, 1e10]) {
      for (const p of probabilities) {
        const x = studentTQuantile(p, nu);
        if (x > -1e300) expect(errorOf(studentTCdf(x, nu), p)).toBeLessThan(1e-12);
      }
    }
  });

  it('are those of the normal distribution without end of degrees of freedom', () => {
    for (const p of probabilities) {
      expect(errorOf(studentTQuantile(p, 1e17), normalQuantile(p))).toBeLessThan(1e-12);
      expect(errorOf(studentTQuantile(1 - 2 ** -20, 1e300), normalQuantile(1 - 2 ** -20))).toBeLessThan(
        1e-12,
      );
    }
  });

  it('are infinite only where they are too large for a double', () => {
    expect(studentTQuantile(1e-200, 0.5)).toBe(Number.NEGATIVE_INFINITY);
    expect(studentTQuantile(1e-140, 0.5)).toBeLessThan(-1e270);
    expect(studentTQuantile(1e-140, 0.5)).toBeGreaterThan(-Number.MAX_VALUE);
    expect(studentTCdf(-1e308, 0.001)).toBeGreaterThan(0.2);
  });
});

describe('at the ends of what a double holds', () => {
  it('probabilities stay probabilities', () => {
    for (const shape of [5e-324, 1e-300, 1e-10, 1, 1e5, 1e16, 1e300]) {
      for (const x of [5e-324, 1e-10, 1, shape, 1e10, 1e308]) {
        const upper = gammaSurvival(x, shape);
        expect(upper).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
      }
    }
    for (const nu of [1e-300, 1, 1e300]) {
      for (const x of [5e-324, 1, 1e150, Number.MAX_VALUE]) {
        expect(studentTCdf(x, nu) + studentTCdf(-x, nu)).toBeCloseTo(1, 12);
      }
    }
  });

  it('a very large shape is a normal distribution', () => {
    const shape = 1e16;
    for (const z of [-3, 0, 3, 30]) {
      // The third moment: Cornish and Fisher's first term.
      const x = shape + 1e8 * (z + (z * z - 1) / 3e8);
      expect(gammaSurvival(x, shape) / normalCdf(-z)).toBeCloseTo(1, 5);
    }
  });

  it('a shape that goes to 0 leaves the upper tail of the exponential integral', () => {
    // R 4.2.2: expint::expint(1) = 0.219383934395520
    expect(errorOf(gammaSurvival(1, 1e-12) / 1e-12, 0.21938393439552)).toBeLessThan(1e-11);
  });

  it('what is not a number has no probability', () => {
    expect(gammaSurvival(Number.NaN, 1e6)).toBeNaN();
    expect(studentTCdf(Number.NaN, 2)).toBeNaN();
    expect(normalCdf(Number.NaN)).toBeNaN();
  });
});

it('normal deviates are the quantiles, but for the far tails', () => {
  for (const uniform of [1e-5, 0.003, 0.5, 0.87, 0.9999]) {
    expect(errorOf(normalDeviate(uniform), normalQuantile(uniform))).toBeLessThan(1e-12);
  }
  // The smallest and the largest that the generator gives.
  expect(normalDeviate(2 ** -54)).toBeGreaterThan(-9);
  expect(normalDeviate(1 - 2 ** -53)).toBeLessThan(9);
});
