import { describe, expect, it } from 'vitest';
import {
  ArmaGarchFilter,
  armaInnovations,
} from '../../../../src/shared/models/arima-garch/arma-garch-filter.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const arma = { ar: [0.4], ma: [0.2], mean: 0.05 };
const garch = {
  variance: 'gjr',
  omega: 0.05,
  alpha: 0.05,
  gamma: 0.1,
  beta: 0.8,
  firstVariance: 0.9,
} as const;
const random = new SeededRandom(12);
const returns = Float64Array.from({ length: 300 }, () => random.normal());

describe('the ARMA-GARCH filter', () => {
  it('is the recursion written out', () => {
    const filter = new ArmaGarchFilter(arma, garch);
    // Exact start: the stationary variance of the first value, then the gain settles within a few bars.
    const innovations = armaInnovations(returns, arma);
    let h: number = garch.firstVariance;
    returns.forEach((value, t) => {
      const { mean, scale } = filter.forecast(1);
      expect(scale).toBeCloseTo(Math.sqrt(h), 12);
      if (t > 30) {
        expect(mean).toBeCloseTo(
          arma.mean + 0.4 * (returns[t - 1] - arma.mean) + 0.2 * innovations[t - 1],
          10,
        );
      }
      filter.update(value, t + 1);
      const e = innovations[t];
      h = garch.omega + (garch.alpha + (e < 0 ? garch.gamma : 0)) * e * e + garch.beta * h;
    });
  });

  it('cumulates mean and variance over several steps as simulation does', () => {
    const filter = new ArmaGarchFilter(arma, garch);
    for (const [t, value] of returns.entries()) filter.update(value, t + 1);
    const innovations = armaInnovations(returns, arma);
    const start = {
      y: returns.at(-1)! - arma.mean,
      e: innovations.at(-1)!,
      h: filter.forecast(1).scale ** 2,
    };
    const draw = new SeededRandom(3);
    const steps = 8;
    const paths = 40_000;
    let sum = 0;
    let squares = 0;
    for (let path = 0; path < paths; path++) {
      let { y, e, h } = start;
      let total = 0;
      for (let k = 0; k < steps; k++) {
        const shock = Math.sqrt(h) * draw.normal();
        y = 0.4 * y + shock + 0.2 * e;
        e = shock;
        h = garch.omega + (garch.alpha + (e < 0 ? garch.gamma : 0)) * e * e + garch.beta * h;
        total += arma.mean + y;
      }
      sum += total;
      squares += total * total;
    }
    const { mean, scale } = filter.forecast(steps);
    const simulatedVariance = squares / paths - (sum / paths) ** 2;
    expect(Math.abs(mean - sum / paths)).toBeLessThan(4 * Math.sqrt(simulatedVariance / paths));
    expect(Math.abs(scale ** 2 / simulatedVariance - 1)).toBeLessThan(0.03);
  });

  it('hands realized variance the measure of the bar that the return led into', () => {
    const realized = {
      variance: 'realized',
      omega: 0.1,
      beta: 0.6,
      gamma: 0.3,
      xi: 0,
      phi: 1,
      tau1: 0,
      tau2: 0.1,
      measureVariance: 0.3,
      firstVariance: 0.9,
    } as const;
    const logMeasures = Float64Array.of(5, -1, Number.NaN, 2);
    const filter = new ArmaGarchFilter({ ar: [], ma: [], mean: 0 }, realized, logMeasures);
    let l = Math.log(0.9);
    for (let bar = 1; bar < 4; bar++) {
      filter.update(0.3, bar);
      if (bar !== 2) l = 0.1 + 0.6 * l + 0.3 * logMeasures[bar];
      expect(filter.forecast(1).scale).toBeCloseTo(Math.exp(l / 2), 12);
    }
  });

  it('agrees with itself on one step', () => {
    const filter = new ArmaGarchFilter(arma, garch);
    for (const [t, value] of returns.subarray(0, 50).entries()) filter.update(value, t + 1);
    const two = filter.forecast(2);
    const one = filter.forecast(1);
    filter.update(one.mean, 51);
    expect(two.mean).toBeCloseTo(one.mean + filter.forecast(1).mean, 12);
  });
});
