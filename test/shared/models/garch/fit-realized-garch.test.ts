import { describe, expect, it } from 'vitest';
import { realizedGarchLikelihood } from '../../../../src/shared/models/garch/fit-realized-garch.ts';
import { LaggedMeasure } from '../../../../src/shared/models/garch/lagged-measure.ts';
import { logRangeMeasures } from '../../../../src/shared/models/garch/range-measure.ts';
import type { RealizedGarchModel } from '../../../../src/shared/models/garch/realized-garch-model.ts';
import { standardErrors } from '../../../../src/shared/models/garch/standard-errors.ts';
import { startVolatilityFilter } from '../../../../src/shared/models/garch/volatility-model.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { sliceSeries } from '../../../../src/shared/series/series.ts';
import { sp500 } from '../../series/sp500.ts';
import { fitRealizedGarch } from './fitted-realized-garch.ts';
import { expectGradient } from './gradient-check.ts';
import { slowRealizedNegativeLogLikelihood } from './slow-twins.ts';

const window = sliceSeries(sp500(), 3000, 4001);
const y = logReturns(window.close).map((value) => 100 * value);
const x = logRangeMeasures(window)
  .subarray(1)
  .map((value) => value + 2 * Math.log(100));
const gaps = x.map((value, i) => (i % 9 === 4 ? Number.NaN : value));

const truth: RealizedGarchModel = {
  variance: 'realized',
  omega: 0.06,
  beta: 0.6,
  gamma: 0.35,
  xi: -0.2,
  phi: 1,
  tau1: -0.07,
  tau2: 0.08,
  measureVariance: 0.3,
  firstVariance: 1,
};

/** Returns and log measures that follow {@link truth}, or the same with the lags of a month. */
function simulate(n: number, variance: 'realized' | 'realized_har' = 'realized') {
  const lagged = new LaggedMeasure(variance);
  const random = new SeededRandom(8);
  let l = 0;
  const returns = new Float64Array(n);
  const measures = new Float64Array(n);
  for (let t = 0; t < n; t++) {
    const z = random.normal();
    returns[t] = Math.exp(l / 2) * z;
    measures[t] =
      truth.xi +
      truth.phi * l +
      truth.tau1 * z +
      truth.tau2 * (z * z - 1) +
      Math.sqrt(truth.measureVariance) * random.normal();
    lagged.push(measures[t]);
    l = truth.omega + truth.beta * l + truth.gamma * lagged.value;
  }
  return { returns, measures };
}

describe('the joint likelihood of realized GARCH', () => {
  const at = [0.03, 0.05, 0.6, 0.35, -0.2, 0.9, -0.1, 0.12, 0.5, 6];
  const cases = (['normal', 't'] as const).flatMap((innovations) =>
    (['mean_squared_residual', 'backcast', 'first_variance'] as const).flatMap((start) =>
      [x, gaps].flatMap((measures) =>
        (['realized', 'realized_har'] as const).map((variance) => ({
          innovations,
          start,
          measures,
          variance,
        })),
      ),
    ),
  );

  it.each(cases)(
    '$variance with $innovations innovations and $start is that of the slow twin, gradient included',
    ({ innovations, start, measures, variance }) => {
      const likelihood = realizedGarchLikelihood(y, measures, {
        ...{ variance, innovations, start, mean: 'constant' },
      });
      const gradient = new Float64Array(10);
      const fast = likelihood.evaluate(Float64Array.from(at), gradient);
      const slow = (parameters: number[]) =>
        slowRealizedNegativeLogLikelihood(y, measures, parameters, innovations, start, variance);
      expect(Math.abs(fast / slow(at) - 1)).toBeLessThan(1e-10);
      expectGradient(gradient, slow, at, [0, 1, 2, 3, 4, 5, 6, 7, 8, ...(innovations === 't' ? [9] : [])]);
      const sum = likelihood.logDensities(Float64Array.from(at)).reduce((total, value) => total + value, 0);
      expect(-sum / fast).toBeCloseTo(1, 11);
    },
  );

  it('has its best measurement equation from the regression', () => {
    const likelihood = realizedGarchLikelihood(y, gaps, { innovations: 't', mean: 'constant' });
    const parameters = Float64Array.from(at);
    const gradient = new Float64Array(10);
    const profiled = likelihood.evaluateProfile(parameters, gradient);
    expect(profiled).toBeLessThan(likelihood.evaluate(Float64Array.from(at), new Float64Array(10)));
    for (const place of [4, 5, 6, 7, 8]) expect(Math.abs(gradient[place])).toBeLessThan(1e-5);
    expect(likelihood.evaluate(parameters, gradient)).toBeCloseTo(profiled, 9);
  });

  it('needs as many measures as values', () => {
    const specification = { innovations: 'normal', mean: 'zero' } as const;
    expect(() => realizedGarchLikelihood(y, x.subarray(1), specification)).toThrow(RangeError);
  });
});

describe('a realized GARCH fit', () => {
  it.each(['realized', 'realized_har'] as const)(
    'of %s finds the parameters that data were made with',
    (variance) => {
      const { returns, measures } = simulate(10_000, variance);
      const { model, converged, mu } = fitRealizedGarch(returns, measures, {
        variance,
        innovations: 'normal',
        mean: 'zero',
      });
      expect(model.variance).toBe(variance);
      expect(converged).toBe(true);
      expect(mu).toBe(0);
      for (const name of ['omega', 'beta', 'gamma', 'xi', 'phi', 'tau1', 'tau2', 'measureVariance'] as const)
        expect(Math.abs(model[name] - truth[name])).toBeLessThan(0.04);
    },
  );

  it('ends where the whole joint likelihood is flat', () => {
    for (const innovations of ['normal', 't'] as const) {
      const specification = { innovations, mean: 'constant' } as const;
      const fit = fitRealizedGarch(y, gaps, specification);
      const { omega, beta, gamma, xi, phi, tau1, tau2, measureVariance } = fit.model;
      const likelihood = realizedGarchLikelihood(y, gaps, specification);
      const gradient = new Float64Array(10);
      const nu = fit.nu ?? Number.POSITIVE_INFINITY;
      const at = Float64Array.of(fit.mu, omega, beta, gamma, xi, phi, tau1, tau2, measureVariance, nu);
      expect(-likelihood.evaluate(at, gradient)).toBeCloseTo(fit.logLikelihood, 7);
      const scales = likelihood.parameterScales(at);
      for (let i = 0; i < (innovations === 't' ? 10 : 9); i++)
        expect(Math.abs(gradient[i] * scales[i])).toBeLessThan(1e-4);
      expect(likelihood.variances(at)[0]).toBeCloseTo(fit.model.firstVariance, 10);
    }
  });

  it('has standard errors of the size that simulation gives', () => {
    const { returns, measures } = simulate(4000);
    const specification = { innovations: 'normal', mean: 'zero' } as const;
    const { model } = fitRealizedGarch(returns, measures, specification);
    const { omega, beta, gamma, xi, phi, tau1, tau2, measureVariance } = model;
    const likelihood = realizedGarchLikelihood(returns, measures, specification);
    const at = Float64Array.of(0, omega, beta, gamma, xi, phi, tau1, tau2, measureVariance, 1e9);
    const names = likelihood.parameterNames.slice(1, 9);
    const errors = standardErrors(likelihood, at, names);
    for (const name of names) {
      // The model is right, so all three agree but for chance, and the estimate is a few of them from the truth.
      const hessian = errors.hessian![name]!;
      expect(errors.opg![name]! / hessian).toBeGreaterThan(0.85);
      expect(errors.opg![name]! / hessian).toBeLessThan(1.15);
      expect(errors.robust![name]! / hessian).toBeGreaterThan(0.85);
      expect(errors.robust![name]! / hessian).toBeLessThan(1.15);
      const key = name as Exclude<keyof RealizedGarchModel, 'variance'>;
      expect(Math.abs(model[key] - truth[key]) / hessian).toBeLessThan(3.5);
    }
  });

  it('beats GARCH to the volatility of the S&P 500: the variance follows the measures', () => {
    const fit = fitRealizedGarch(y, x, { innovations: 'normal', mean: 'constant' });
    expect(fit.converged).toBe(true);
    expect(fit.model.gamma).toBeGreaterThan(0.2);
    expect(fit.model.tau1).toBeLessThan(0);
    const reach = fit.model.beta + fit.model.gamma * fit.model.phi;
    expect(reach).toBeGreaterThan(0.7);
    expect(reach).toBeLessThan(1);
  });

  it('does not depend on the unit', () => {
    const unit = 1e-2;
    const plain = fitRealizedGarch(y, x, { innovations: 't', mean: 'constant' });
    const scaled = fitRealizedGarch(
      y.map((value) => unit * value),
      x.map((value) => value + 2 * Math.log(unit)),
      { innovations: 't', mean: 'constant' },
    );
    expect(scaled.model.beta / plain.model.beta).toBeCloseTo(1, 9);
    expect(scaled.model.gamma / plain.model.gamma).toBeCloseTo(1, 9);
    expect(scaled.model.tau2 / plain.model.tau2).toBeCloseTo(1, 9);
    expect(scaled.nu! / plain.nu!).toBeCloseTo(1, 8);
    const variance = (model: RealizedGarchModel, scale: number) => {
      const filter = startVolatilityFilter(model);
      for (const measure of x) filter.update(0, measure + 2 * Math.log(scale));
      return filter.forecast(20)[19];
    };
    expect(variance(scaled.model, unit) / variance(plain.model, 1) / unit ** 2).toBeCloseTo(1, 9);
  });

  it('without measures is a constant variance, and says that it did not converge', () => {
    const none = new Float64Array(y.length).fill(Number.NaN);
    const fit = fitRealizedGarch(y, none, { innovations: 't', mean: 'constant' });
    expect(fit.converged).toBe(false);
    const filter = startVolatilityFilter(fit.model);
    for (const value of y) filter.update(value, Number.NaN);
    const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
    const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / y.length;
    for (const forecast of filter.forecast(20)) expect(forecast / variance).toBeCloseTo(1, 10);
  });

  it('does not say converged where the measures are noise and the variance constant', () => {
    const random = new SeededRandom(103);
    const returns = new Float64Array(1000);
    const noise = returns.map((_, t) => {
      const z = random.normal();
      returns[t] = 0.01 * z;
      return Math.log(1e-4) - 0.2 - 0.05 * z + 0.1 * (z * z - 1) + 0.6 * random.normal();
    });
    for (const innovations of ['normal', 't'] as const) {
      const { model, converged } = fitRealizedGarch(returns, noise, { innovations, mean: 'zero' });
      expect(model.gamma).toBeLessThan(0.01);
      expect(converged).toBe(false);
    }
  });

  it.each([
    ['too_few_bars', new Float64Array(9)],
    ['constant_series', new Float64Array(60).fill(2)],
    ['constant_series', new Float64Array(300).fill(0.1)],
  ])('refuses with %s', (code, values) => {
    expect(() =>
      fitRealizedGarch(values, new Float64Array(values.length), { innovations: 'normal', mean: 'constant' }),
    ).toThrow(expect.objectContaining({ code }));
  });
});
