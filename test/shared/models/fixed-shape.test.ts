import { describe, expect, it } from 'vitest';
import { distributionOfShape } from '../../../src/shared/models/distribution-of-shape.ts';
import { studentTShape } from '../../../src/shared/models/student-t-shape.ts';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { studentTCdf } from '../../../src/shared/numerics/distributions/student-t.ts';

describe('the shape of a Student t', () => {
  it.each([2.1, 5, 30])('with %s degrees of freedom has its quantiles, at variance 1', (nu) => {
    const unit = Math.sqrt(nu / (nu - 2));
    studentTShape(nu).forEach((z, k) => {
      expect(studentTCdf(z * unit, nu)).toBeCloseTo(QUANTILE_LEVELS[k], 12);
    });
  });

  it('increases, and is 0 in the middle', () => {
    const shape = studentTShape(4);
    expect(shape[99]).toBe(0);
    for (let k = 1; k < shape.length; k++) expect(shape[k]).toBeGreaterThan(shape[k - 1]);
  });
});

describe('a distribution of known shape', () => {
  it('is mean + scale z', () => {
    const { mean, scale, quantiles } = distributionOfShape(0.01, 0.02, Float64Array.of(-1, 0, 2));
    expect([mean, scale]).toEqual([0.01, 0.02]);
    expect(Array.from(quantiles)).toEqual([0.01 - 0.02, 0.01, 0.01 + 0.04]);
  });

  it.each([
    [Number.NaN, 1],
    [0, 0],
    [0, -1],
    [0, Number.POSITIVE_INFINITY],
  ])('refuses mean %s with scale %s', (mean, scale) => {
    expect(() => distributionOfShape(mean, scale, Float64Array.of(0))).toThrow(
      expect.objectContaining({ code: 'not_finite' }),
    );
  });
});
