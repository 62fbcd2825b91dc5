import { describe, expect, it } from 'vitest';
import { foresight, rankCorrelation } from '../../../src/shared/divergence/foresight.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { leak, meanModel, noChangeModel, scaleMemoriser, simulatedWindow } from './simulated-windows.ts';

/** Ranks by counting, and Pearson's correlation by its definition. */
function slowTwin(first: Float64Array, second: Float64Array): number {
  const ranks = (values: Float64Array) =>
    Array.from(
      values,
      (value) =>
        values.filter((other) => other < value).length +
        (values.filter((other) => other === value).length - 1) / 2,
    );
  const [a, b] = [ranks(first), ranks(second)];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const covariance = (x: readonly number[], y: readonly number[]) =>
    mean(x.map((value, i) => (value - mean(x)) * (y[i] - mean(y))));
  return covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
}

describe('the rank correlation', () => {
  it.each([1, 2, 3])('agrees with its definition, ties included (%d)', (seed) => {
    const random = new SeededRandom(seed);
    const values = () => Float64Array.from({ length: 60 }, () => Math.floor(8 * random.uniform()));
    const [a, b] = [values(), values()];
    expect(rankCorrelation(a, b)).toBeCloseTo(slowTwin(a, b), 12);
  });

  it('is that of order alone, and 0 where nothing varies', () => {
    expect(rankCorrelation(Float64Array.of(1, 2, 3), Float64Array.of(10, 1000, 1001))).toBe(1);
    expect(rankCorrelation(Float64Array.of(1, 2, 3), Float64Array.of(3, 2, 1))).toBe(-1);
    expect(rankCorrelation(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3))).toBe(0);
  });
});

describe('foresight', () => {
  it('of a mean that knows a thousandth of the return is whole', () => {
    const { test } = simulatedWindow(1, 1, ({ returns, volatility }, i) => ({
      mean: 0.001 * returns[i],
      scale: volatility[i],
    }));
    expect(foresight([test]).mean).toBeCloseTo(1, 3);
    expect(foresight([simulatedWindow(1, 1, leak).test]).mean).toBeCloseTo(1, 3);
  });

  it('of a scale that knows a little of the size is large', () => {
    const { validation, test } = simulatedWindow(2, 1, ({ returns, volatility }, i) => ({
      mean: 0,
      scale: volatility[i] * (1 + 0.05 * Math.min(1, Math.abs(returns[i]) / volatility[i])),
    }));
    expect(foresight([validation, test]).scale).toBeGreaterThan(0.9);
  });

  it('of what knows the past only is small', () => {
    for (const model of [noChangeModel, meanModel, scaleMemoriser]) {
      const { validation, test } = simulatedWindow(3, 2, model);
      const found = foresight([validation, test]);
      expect(Math.abs(found.mean)).toBeLessThan(0.2);
      expect(Math.abs(found.scale)).toBeLessThan(0.3);
    }
  });

  it('is the mean over the parts', () => {
    const { validation, test } = simulatedWindow(4, 1, noChangeModel);
    const both = foresight([validation, test]).scale;
    expect(both).toBeCloseTo((foresight([validation]).scale + foresight([test]).scale) / 2, 12);
  });
});
