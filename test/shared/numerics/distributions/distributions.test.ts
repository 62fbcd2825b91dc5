import { describe, expect, it } from 'vitest';
import { chiSquareSurvival } from '../../../../src/shared/numerics/distributions/chi-square.ts';
import { gammaSurvival } from '../../../../src/shared/numerics/distributions/gamma.ts';
import { normalCdf, normalQuantile } from '../../../../src/shared/numerics/distributions/normal.ts';
import { studentTCdf, studentTQuantile } from '../../../../src/shared/numerics/distributions/student-t.ts';
import reference from './fixtures/distributions.json';

/** Largest relative distance from the reference; figures below the normal doubles count as 0. */
function largestError(xs: readonly number[], expected: readonly number[], actual: (x: number) => number) {
  return Math.max(
    ...xs.map((x, i) => {
      const value = actual(x);
      return value === expected[i]
        ? 0
        : Math.abs(value - expected[i]) / Math.max(Math.abs(expected[i]), 1e-300);
    }),
  );
}

const { probabilities } = reference;

describe('the distributions agree with R within 1e-12', () => {
  it('normal', () => {
    const { x, cdf, quantile } = reference.normal;
    expect(largestError(x, cdf, (value) => normalCdf(value))).toBeLessThan(1e-12);
    expect(largestError(probabilities, quantile, (p) => normalQuantile(p))).toBeLessThan(1e-12);
  });

  it.each(reference.studentT)('Student t with $nu degrees of freedom', ({ nu, x, cdf, quantile }) => {
    expect(largestError(x, cdf, (value) => studentTCdf(value, nu))).toBeLessThan(1e-12);
    expect(largestError(probabilities, quantile, (p) => studentTQuantile(p, nu))).toBeLessThan(1e-12);
  });

  it.each(reference.gamma)('gamma of shape $shape', ({ shape, x, cdf }) => {
    // The reference has the lower tail, whose digits are those of the upper one where that is not small.
    x.forEach((value, i) => {
      expect(gammaSurvival(value, shape)).toBeCloseTo(1 - cdf[i], 12);
      expect(gammaSurvival(value / 3, shape, 3)).toBeCloseTo(1 - cdf[i], 12);
    });
  });

  it.each(reference.chiSquare)('chi-square with $degreesOfFreedom degrees of freedom', (expected) => {
    const { degreesOfFreedom, x, survival } = expected;
    expect(largestError(x, survival, (value) => chiSquareSurvival(value, degreesOfFreedom))).toBeLessThan(
      1e-12,
    );
  });
});

describe('the tails', () => {
  it('of the gamma distribution meet where the continued fraction begins', () => {
    for (const shape of [0.5, 1, 2.5, 10, 100]) {
      const below = gammaSurvival(shape + 1, shape);
      const above = gammaSurvival((shape + 1) * (1 + 1e-15), shape);
      expect(above / below).toBeCloseTo(1, 12);
    }
  });

  it('of the exponential distribution are exp(-x)', () => {
    expect(gammaSurvival(700, 1) / Math.exp(-700)).toBeCloseTo(1, 12);
    expect(gammaSurvival(Number.POSITIVE_INFINITY, 1)).toBe(0);
    expect(gammaSurvival(-1, 1)).toBe(1);
  });
});

describe('quantiles', () => {
  it.each([1e-300, 1e-100, 1e-10, 1e-3, 0.2, 0.5, 0.77, 0.9999])(
    'come back through the distribution: %f',
    (p) => {
      expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 11);
      expect(studentTCdf(studentTQuantile(p, 5), 5) / p).toBeCloseTo(1, 11);
    },
  );

  it('reach the ends at 0 and 1', () => {
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(studentTQuantile(0, 3)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('shift and stretch', () => {
    expect(normalQuantile(0.9, 3, 2)).toBeCloseTo(3 + 2 * normalQuantile(0.9), 14);
  });
});

describe('what has no meaning is refused', () => {
  it.each([
    ['a probability above 1', () => normalQuantile(1.1)],
    ['a probability that is not a number', () => studentTQuantile(Number.NaN, 3)],
    ['a standard deviation of 0', () => normalCdf(0, 0, 0)],
    ['no degrees of freedom', () => studentTCdf(0, 0)],
    ['a negative shape', () => gammaSurvival(10, -1)],
    ['an infinite rate', () => gammaSurvival(1, 1, Number.POSITIVE_INFINITY)],
    ['negative degrees of freedom', () => chiSquareSurvival(1, -2)],
  ])('%s', (_, call) => {
    expect(call).toThrow(RangeError);
  });
});
