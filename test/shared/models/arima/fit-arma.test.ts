import { describe, expect, it } from 'vitest';
import { psiWeights } from '../../../../src/shared/models/arima/arma-model.ts';
import { fitArima } from '../../../../src/shared/models/arima/fit-arima.ts';
import { fitArma } from '../../../../src/shared/models/arima/fit-arma.ts';
import {
  arFromPartial,
  partialFromAr,
  pullBackToPartial,
} from '../../../../src/shared/models/arima/partial-autocorrelations.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { denseArmaLogLikelihood } from './dense-gaussian.ts';

const noise = (seed: number, n: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: n }, () => random.normal());
};

describe('an ARMA mean', () => {
  it.each([
    { p: 0, q: 0 },
    { p: 1, q: 0 },
    { p: 0, q: 1 },
    { p: 1, q: 1 },
    { p: 2, q: 2 },
  ])('reports the density that the joint normal distribution has at the estimates: $p, $q', (order) => {
    const y = noise(order.p * 3 + order.q, 120);
    const fit = fitArma(y, order);
    expect(Math.abs(fit.logLikelihood / denseArmaLogLikelihood(y, fit) - 1)).toBeLessThan(1e-10);
  });

  it('is that of ARIMA with d = 0', () => {
    const y = noise(4, 200);
    const { ar, ma, constant, variance, logLikelihood, aicc, converged } = fitArima(y, { p: 2, d: 0, q: 1 });
    expect(fitArma(y, { p: 2, q: 1 })).toEqual({
      ar,
      ma,
      mean: constant,
      variance,
      logLikelihood,
      aicc,
      converged,
    });
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

  it('come back from the coefficients', () => {
    const partial = Float64Array.of(0.5, -0.4, 0.9, 0.1);
    partialFromAr(arFromPartial(partial))!.forEach((value, i) => {
      expect(value).toBeCloseTo(partial[i], 12);
    });
    expect(partialFromAr(Float64Array.of(1.5))).toBeNull();
    expect(partialFromAr(Float64Array.of(0.5, 0.6))).toBeNull();
  });

  it('pull a gradient back as differences do', () => {
    const partial = Float64Array.of(0.5, -0.4, 0.7);
    const weights = [1, -2, 3];
    const value = (x: Float64Array) => arFromPartial(x).reduce((sum, ar, i) => sum + weights[i] * ar, 0);
    pullBackToPartial(partial, weights).forEach((slope, i) => {
      const moved = (by: number) => value(partial.map((x, j) => (j === i ? x + by : x)));
      expect(slope).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 7);
    });
  });
});
