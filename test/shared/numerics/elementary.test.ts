import { describe, expect, it } from 'vitest';
import { autocovariances } from '../../../src/shared/numerics/autocovariances.ts';
import { LN_PI, LN_TWO_PI } from '../../../src/shared/numerics/constants.ts';
import { deviance } from '../../../src/shared/numerics/distributions/deviance.ts';
import { stirlingError } from '../../../src/shared/numerics/distributions/stirling-error.ts';
import { expm1 } from '../../../src/shared/numerics/expm1.ts';
import { log1p } from '../../../src/shared/numerics/log1p.ts';
import { meanOf } from '../../../src/shared/numerics/mean.ts';

const relative = (value: number, expected: number) =>
  value === expected ? 0 : Math.abs(value / expected - 1);

describe('elementary functions near 0', () => {
  it.each([0, 1e-300, 1e-17, -1e-17, 3e-9, -3e-9, 1e-4, 0.3, -0.3, -0.999, 5, 1e10])('ln(1 + %f)', (x) => {
    expect(relative(log1p(x), Math.log1p(x))).toBeLessThan(1e-15);
  });

  it.each([0, 1e-300, 1e-17, -1e-17, 3e-9, -3e-9, 1e-4, 0.3, -0.3, 1, -1, -5, -50, -800])(
    'exp(%f) - 1',
    (x) => {
      expect(relative(expm1(x), Math.expm1(x))).toBeLessThan(1e-15);
    },
  );
});

it('constants are the logarithms they say', () => {
  expect(LN_PI).toBe(Math.log(Math.PI));
  expect(LN_TWO_PI).toBeCloseTo(Math.log(2 * Math.PI), 15);
});

describe('parts of the gamma density', () => {
  it("Stirling's error is that of factorials", () => {
    let logFactorial = 0;
    for (let n = 1; n < 30; n++) {
      // ln Gamma(n + 1) = ln n!
      logFactorial += Math.log(n);
      const a = n + 1;
      const stirling = (a - 0.5) * Math.log(a) - a + 0.5 * LN_TWO_PI;
      if (a >= 10) expect(stirlingError(a)).toBeCloseTo(logFactorial - stirling, 12);
    }
    // R 4.2.2: lgamma(10) - 9.5 * log(10) + 10 - 0.5 * log(2 * pi), and Loader's table, 0.00833056343336287
    expect(stirlingError(10)).toBeCloseTo(0.00833056343336287, 15);
  });

  it('the deviance is its definition where nothing cancels, and a parabola where all does', () => {
    for (const [mean, x] of [
      [2, 3],
      [3, 2],
      [10, 17],
      [10, 20],
      [5, 0.1],
    ]) {
      expect(relative(deviance(mean, x), mean * Math.log(mean / x) + x - mean)).toBeLessThan(1e-14);
    }
    // h^2 / (2 mean) (1 - 2 h / (3 mean))
    expect(relative(deviance(1e6, 1e6 + 1), 0.5e-6 * (1 - 2e-6 / 3))).toBeLessThan(1e-12);
    expect(deviance(7, 7)).toBe(0);
    expect(deviance(1e308, 1e308)).toBe(0);
  });
});

describe('moments', () => {
  it('the mean', () => {
    expect(meanOf(Float64Array.of(1, 2, 6))).toBe(3);
    expect(meanOf(new Float64Array(0))).toBeNaN();
  });

  it('autocovariances have divisor n at every lag', () => {
    // R 4.2.2: acf(c(1, 2, 4, 3), lag.max = 2, type = "covariance", plot = FALSE)
    expect([...autocovariances(Float64Array.of(1, 2, 4, 3), 2)]).toEqual([1.25, 0.1875, -0.625]);
  });
});
