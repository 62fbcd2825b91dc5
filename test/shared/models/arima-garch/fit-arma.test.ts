import { describe, expect, it } from 'vitest';
import { ArmaFilter, armaFilter } from '../../../../src/shared/models/arima-garch/arma-filter.ts';
import { arFromPartial, psiWeights } from '../../../../src/shared/models/arima-garch/arma-model.ts';
import { arma11Likelihood } from '../../../../src/shared/models/arima-garch/arma11-likelihood.ts';
import { fitArma } from '../../../../src/shared/models/arima-garch/fit-arma.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { denseArmaLogLikelihood } from './dense-gaussian.ts';
import reference from './fixtures/arima.json';

const noise = (seed: number, n: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: n }, () => random.normal());
};

describe('exact maximum likelihood of ARMA', () => {
  it.each(reference.fits)('agrees with $command', (expected) => {
    const y = Float64Array.from(reference.series[expected.series as 'lh' | 'Nile']);
    const fit = fitArma(y, expected);
    expect(fit.converged).toBe(true);
    expect(Math.abs(fit.logLikelihood - expected.logLikelihood)).toBeLessThan(1e-6);
    expect(fit.variance / expected.variance).toBeCloseTo(1, 4);
    [...fit.ar, ...fit.ma, fit.mean].forEach((value, i) => {
      const distance = Math.abs(value - expected.coefficients[i]) / expected.standardErrors[i];
      expect(distance).toBeLessThan(1e-3);
    });
    const filter = armaFilter(fit);
    for (const value of y) {
      filter.update(value - fit.mean);
      filter.advance();
    }
    filter.forecast(5).forEach((deviation, k) => {
      expect((fit.mean + deviation) / expected.forecast[k]).toBeCloseTo(1, 4);
    });
  });

  it.each([
    { p: 0, q: 0 },
    { p: 1, q: 0 },
    { p: 0, q: 1 },
    { p: 1, q: 1 },
    { p: 2, q: 2 },
  ])('reports the density that the joint normal distribution has at the estimates: $p, $q', (order) => {
    const fit = fitArma(noise(order.p * 3 + order.q, 120), order);
    const dense = denseArmaLogLikelihood(noise(order.p * 3 + order.q, 120), fit);
    expect(Math.abs(fit.logLikelihood - dense)).toBeLessThan(1e-8);
  });

  it.each([
    [0.6, -0.3],
    [-0.9, 0.95],
    [0, 0.5],
    [0.4, 0],
  ])('in scalars is that of the general filter and of the joint density: ar %f, ma %f', (ar, ma) => {
    const y = noise(5, 80);
    const fast = arma11Likelihood(y, ar, ma);
    const model = { ar: [ar], ma: [ma], mean: fast.mean, variance: fast.variance };
    expect(Math.abs(fast.logLikelihood - denseArmaLogLikelihood(y, model))).toBeLessThan(1e-9);

    const filter = new ArmaFilter([ar], [ma]);
    let squares = 0;
    for (const value of y) {
      const f = filter.innovationVariance;
      const v = filter.update(value - fast.mean);
      filter.advance();
      squares += (v * v) / f;
    }
    expect(squares / y.length / fast.variance).toBeCloseTo(1, 12);
  });

  it('has the gradient of its finite differences', () => {
    const y = noise(6, 200);
    const width = 1e-6;
    const at = (ar: number, ma: number) => arma11Likelihood(y, ar, ma).logLikelihood;
    const { gradient } = arma11Likelihood(y, 0.5, -0.2);
    expect(gradient[0]).toBeCloseTo((at(0.5 + width, -0.2) - at(0.5 - width, -0.2)) / (2 * width), 4);
    expect(gradient[1]).toBeCloseTo((at(0.5, -0.2 + width) - at(0.5, -0.2 - width)) / (2 * width), 4);
  });

  it('finds the coefficients that data were made with', () => {
    const shocks = noise(8, 20_000);
    const y = new Float64Array(shocks.length);
    for (let t = 1; t < y.length; t++) y[t] = 0.7 * y[t - 1] + shocks[t] + 0.2 * shocks[t - 1];
    const fit = fitArma(
      y.map((value) => 3 + value),
      { p: 1, q: 1 },
    );
    expect(fit.ar[0]).toBeCloseTo(0.7, 1);
    expect(fit.ma[0]).toBeCloseTo(0.2, 1);
    expect(fit.mean).toBeCloseTo(3, 0);
    expect(fit.variance).toBeCloseTo(1, 1);
  });

  it('does not depend on the unit', () => {
    const y = noise(9, 300);
    const fit = fitArma(y, { p: 1, q: 1 });
    const scaled = fitArma(
      y.map((value) => 1e-4 * value),
      { p: 1, q: 1 },
    );
    expect(scaled.ar[0]).toBeCloseTo(fit.ar[0], 8);
    expect(scaled.mean * 1e4).toBeCloseTo(fit.mean, 8);
    expect(scaled.logLikelihood).toBeCloseTo(fit.logLikelihood + 300 * Math.log(1e4), 6);
  });

  it.each([
    ['too_few_bars', Float64Array.of(1, 2, 3, 4)],
    ['constant_series', new Float64Array(50).fill(2)],
    ['not_finite', Float64Array.from({ length: 50 }, (_, i) => (i === 20 ? Number.NaN : i))],
  ])('refuses with %s', (code, y) => {
    expect(() => fitArma(y, { p: 1, q: 0 })).toThrow(expect.objectContaining({ code }));
  });
});

describe('the coefficients of an autoregression', () => {
  it('come from partial autocorrelations by Durbin and Levinson', () => {
    expect([...arFromPartial([0.5])]).toEqual([0.5]);
    // ar1 = r1 (1 - r2), ar2 = r2
    expect([...arFromPartial([0.5, -0.4])]).toEqual([0.7, -0.4]);
  });

  it('give psi weights by recursion', () => {
    expect([...psiWeights({ ar: [0.5], ma: [0.25] }, 4)]).toEqual([1, 0.75, 0.375, 0.1875]);
    expect([...psiWeights({ ar: [], ma: [] }, 3)]).toEqual([1, 0, 0]);
  });
});
