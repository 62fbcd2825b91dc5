import { describe, expect, it } from 'vitest';
import {
  chooseEwmaLambda,
  EWMA_LAMBDAS,
} from '../../../../src/shared/models/benchmarks/choose-ewma-lambda.ts';
import { ewma } from '../../../../src/shared/models/benchmarks/ewma.ts';
import { EwmaFilter } from '../../../../src/shared/models/benchmarks/ewma-filter.ts';
import { unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { describeForecasterConformance } from '../conformance.ts';
import { simulatedSeries } from '../simulated-series.ts';

describeForecasterConformance(ewma);

describe('exponentially weighted volatility', () => {
  it('is the weighted sum of past squares, written out', () => {
    const returns = logReturns(simulatedSeries(3, 200).close);
    const filter = new EwmaFilter(0.94);
    for (const value of returns) filter.update(value);
    let start = 0;
    for (let i = 0; i < 20; i++) start += (returns[i] * returns[i]) / 20;
    const n = returns.length;
    let variance = 0.94 ** (n - 20) * start;
    for (let i = 20; i < n; i++) variance += 0.06 * 0.94 ** (n - 1 - i) * returns[i] * returns[i];
    expect(filter.forecast(1)!.scale / Math.sqrt(variance)).toBeCloseTo(1, 12);
    expect(filter.forecast(16)!.scale / filter.forecast(1)!.scale).toBeCloseTo(4, 12);
  });

  it('has nothing to say before 20 returns, or of returns that are all 0', () => {
    const filter = new EwmaFilter(0.94);
    for (let i = 0; i < 19; i++) filter.update(0);
    expect(filter.forecast(1)).toBeNull();
    filter.update(0);
    expect(filter.forecast(1)).toBeNull();
    filter.update(0.01);
    expect(filter.forecast(1)!.scale).toBeCloseTo(Math.sqrt(0.06) * 0.01, 14);
  });

  it('does not vanish in a long standstill', () => {
    const filter = new EwmaFilter(0.94);
    for (let i = 0; i < 1000; i++) filter.update(i % 2 === 0 ? 0.01 : -0.01);
    for (let i = 0; i < 3000; i++) filter.update(0);
    expect(filter.forecast(1)!.scale).toBeCloseTo(0.01 * Math.sqrt(1e-4 / 4), 12);
  });

  it('the chosen lambda has the highest normal likelihood, written out', () => {
    const returns = logReturns(simulatedSeries(8, 400).close);
    const negativeLogLikelihood = (lambda: number) => {
      let start = 0;
      for (let i = 0; i < 20; i++) start += (returns[i] * returns[i]) / 20;
      let sum = 0;
      for (let t = 20; t < returns.length; t++) {
        let variance = lambda ** (t - 20) * start;
        for (let i = 20; i < t; i++)
          variance += (1 - lambda) * lambda ** (t - 1 - i) * returns[i] * returns[i];
        sum += Math.log(variance) + returns[t] ** 2 / variance;
      }
      return sum;
    };
    const losses = EWMA_LAMBDAS.map(negativeLogLikelihood);
    expect(chooseEwmaLambda(returns)).toBe(EWMA_LAMBDAS[losses.indexOf(Math.min(...losses))]);
  });

  it('the chosen lambda follows the one that made the returns', () => {
    const chosen = [0.85, 0.94, 0.98].map((lambda) => {
      const random = new SeededRandom(5);
      const returns = new Float64Array(8000);
      let variance = 1;
      for (let t = 0; t < returns.length; t++) {
        returns[t] = Math.sqrt(variance) * random.normal();
        // Pulled a little towards 1: the plain recursion dies out (Nelson 1990). That makes 0.85 look slower.
        variance = 0.005 + 0.995 * (lambda * variance + (1 - lambda) * returns[t] * returns[t]);
      }
      return chooseEwmaLambda(returns)!;
    });
    expect(Math.abs(chosen[0] - 0.85)).toBeLessThan(0.035);
    expect(Math.abs(chosen[1] - 0.94)).toBeLessThan(0.015);
    expect(Math.abs(chosen[2] - 0.98)).toBeLessThan(0.015);
    expect(chooseEwmaLambda(new Float64Array(300))).toBeNull();
  });

  it('the artifact says which lambda was chosen', () => {
    const fit = ewma.fit(simulatedSeries(9, 600), { lambda: 'chosen' }, { seed: 1 });
    fit.step(unlimitedBudget);
    const { lambda } = fit.result().toJSON() as { lambda: number };
    expect(EWMA_LAMBDAS).toContain(lambda);
    expect(() => ewma.restore({ name: 'EWMA', version: 1, lambda: 1 })).toThrow(/between 0 and 1/);
  });
});
