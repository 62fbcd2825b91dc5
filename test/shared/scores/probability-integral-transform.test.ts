import { describe, expect, it } from 'vitest';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { probabilityIntegralTransform } from '../../support/probability-integral-transform.ts';

describe('the probability integral transform', () => {
  it('is the distribution function, between quantiles and at them', () => {
    const uniform = Float64Array.from(QUANTILE_LEVELS);
    for (const outcome of [0.005, 0.1, 0.1234, 0.5, 0.995]) {
      expect(probabilityIntegralTransform(uniform, outcome)).toBeCloseTo(outcome, 14);
    }
  });

  it('is half a step from the end beyond the outermost quantiles', () => {
    const uniform = Float64Array.from(QUANTILE_LEVELS);
    expect(probabilityIntegralTransform(uniform, -5)).toBe(0.0025);
    expect(probabilityIntegralTransform(uniform, 0.999)).toBe(0.9975);
  });

  it('takes the middle of equal quantiles', () => {
    expect(probabilityIntegralTransform(new Float64Array(199).fill(3), 3)).toBeCloseTo(0.5, 14);
    expect(probabilityIntegralTransform(new Float64Array(199).fill(3), 2)).toBe(0.0025);
  });

  it('is uniform for calibrated forecasts', () => {
    const uniform = Float64Array.from(QUANTILE_LEVELS);
    const random = new SeededRandom(2);
    const values = Array.from({ length: 20_000 }, () =>
      probabilityIntegralTransform(uniform, random.uniform()),
    );
    expect(values.reduce((sum, u) => sum + u, 0) / values.length).toBeCloseTo(0.5, 2);
    expect(values.reduce((sum, u) => sum + (u - 0.5) ** 2, 0) / values.length).toBeCloseTo(1 / 12, 2);
  });

  it('refuses what is no forecast', () => {
    expect(() => probabilityIntegralTransform(new Float64Array(3), 0)).toThrow(RangeError);
    expect(() => probabilityIntegralTransform(new Float64Array(199), Number.NaN)).toThrow(RangeError);
  });
});
