import { describe, expect, it } from 'vitest';
import { fitGarch, type GarchFit } from '../../../../src/shared/models/arima-garch/fit-garch.ts';
import {
  GARCH_PARAMETERS,
  garchNegativeLogLikelihood,
  type Innovations,
} from '../../../../src/shared/models/arima-garch/garch-likelihood.ts';
import { GarchFilter, persistence } from '../../../../src/shared/models/arima-garch/garch-model.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import reference from './fixtures/dem2gbp.json';

const y = Float64Array.from(reference.returns);
const normal = fitGarch(y, { variance: 'garch', innovations: 'normal', mean: 'constant' });

/** Natural logarithm of the gamma function (Lanczos, g = 7). */
function lnGamma(x: number): number {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const t = x + 6.5;
  const sum = c.reduce((total, value, i) => (i === 0 ? value : total + value / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The slow, obvious twin: every variance from its definition, every density by itself. */
function slowNegativeLogLikelihood(
  values: Float64Array,
  parameters: number[],
  innovations: Innovations,
): number {
  const [mu, omega, alpha, gamma, beta, nu] = parameters;
  const e = Array.from(values, (value) => value - mu);
  const presample = e.reduce((sum, value) => sum + value ** 2, 0) / e.length;
  const variances: number[] = [];
  let total = 0;
  e.forEach((residual, t) => {
    const shock =
      t === 0 ? (alpha + gamma / 2) * presample : (alpha + (e[t - 1] < 0 ? gamma : 0)) * e[t - 1] ** 2;
    const h = omega + shock + beta * (t === 0 ? presample : variances[t - 1]);
    variances.push(h);
    if (innovations === 'normal') {
      total += 0.5 * (Math.log(2 * Math.PI) + Math.log(h) + residual ** 2 / h);
    } else {
      total -=
        lnGamma((nu + 1) / 2) -
        lnGamma(nu / 2) -
        0.5 * Math.log(Math.PI * (nu - 2) * h) -
        ((nu + 1) / 2) * Math.log(1 + residual ** 2 / (h * (nu - 2)));
    }
  });
  return total;
}

describe('the GARCH likelihood', () => {
  const points: [string, Innovations, number[]][] = [
    ['GARCH', 'normal', [0.01, 0.02, 0.1, 0, 0.8, 8]],
    ['GJR', 'normal', [-0.02, 0.01, 0.05, 0.1, 0.85, 8]],
    ['GARCH-t', 't', [0.01, 0.02, 0.1, 0, 0.8, 4.5]],
    ['GJR-t', 't', [-0.02, 0.01, 0.05, 0.1, 0.85, 12]],
  ];
  it.each(points)(
    'of %s with %s innovations is that of the slow twin, gradient included',
    (_, innovations, at) => {
      const gradient = new Float64Array(GARCH_PARAMETERS);
      const fast = garchNegativeLogLikelihood(y, Float64Array.from(at), innovations, gradient);
      const slow = (parameters: number[]) => slowNegativeLogLikelihood(y, parameters, innovations);
      expect(Math.abs(fast / slow(at) - 1)).toBeLessThan(1e-10);
      for (let i = 0; i < (innovations === 't' ? 6 : 5); i++) {
        const width = 1e-5 * Math.max(0.1, Math.abs(at[i]));
        const above = slow(at.map((value, k) => (k === i ? value + width : value)));
        const below = slow(at.map((value, k) => (k === i ? value - width : value)));
        const difference = (above - below) / (2 * width);
        expect(Math.abs(gradient[i] - difference)).toBeLessThan(1e-5 * Math.max(10, Math.abs(difference)));
      }
    },
  );

  it('does not exist where a variance is not positive', () => {
    const gradient = new Float64Array(GARCH_PARAMETERS);
    const at = Float64Array.of(0, -1, 0.1, 0, 0.1, 8);
    expect(garchNegativeLogLikelihood(y, at, 'normal', gradient)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('GARCH(1,1) on the benchmark series', () => {
  it('has the published estimates to their printed digits', () => {
    const { mu, omega, alpha, beta } = reference.published;
    expect(normal.converged).toBe(true);
    expect(Math.abs(normal.mu - mu)).toBeLessThan(1e-8);
    expect(Math.abs(normal.omega - omega)).toBeLessThan(1e-7);
    expect(Math.abs(normal.alpha - alpha)).toBeLessThan(1e-6);
    expect(Math.abs(normal.beta - beta)).toBeLessThan(1e-6);
  });

  it('has the log-likelihood, variances and forecasts of fGarch', () => {
    expect(Math.abs(normal.logLikelihood - reference.normal.logLikelihood)).toBeLessThan(1e-8);
    const filter = new GarchFilter(normal);
    y.forEach((value, t) => {
      if (t < 5) expect(filter.variance / reference.normal.variances[t]).toBeCloseTo(1, 5);
      filter.update(value - normal.mu);
    });
    filter.forecast(5).forEach((variance, k) => {
      expect(variance / reference.normal.forecast[k]).toBeCloseTo(1, 5);
    });
  });

  it('with t innovations has the log-likelihood of fGarch when persistence is as free as there', () => {
    const fit = fitGarch(y, {
      variance: 'garch',
      innovations: 't',
      mean: 'constant',
      maximumPersistence: 1.1,
    });
    expect(Math.abs(fit.logLikelihood - reference.t.logLikelihood)).toBeLessThan(1e-6);
    expect(fit.nu! / reference.t.nu).toBeCloseTo(1, 4);
    expect(persistence(fit)).toBeGreaterThan(1);
  });

  it('with t innovations keeps a finite long-run variance otherwise', () => {
    const fit = fitGarch(y, { variance: 'garch', innovations: 't', mean: 'constant' });
    expect(persistence(fit)).toBeCloseTo(0.9999, 12);
    expect(fit.logLikelihood).toBeLessThan(reference.t.logLikelihood);
  });

  it('nests: leverage and tails never lower the likelihood', () => {
    const of = (variance: 'garch' | 'gjr', innovations: Innovations) =>
      fitGarch(y, { variance, innovations, mean: 'constant' }).logLikelihood;
    expect(of('gjr', 'normal')).toBeGreaterThan(normal.logLikelihood);
    expect(of('gjr', 't')).toBeGreaterThan(of('garch', 't'));
    expect(of('garch', 't')).toBeGreaterThan(normal.logLikelihood + 100);
  });

  it('does not depend on the unit, to nine digits', () => {
    const scaled = fitGarch(
      y.map((value) => value * 1e-3),
      { variance: 'garch', innovations: 'normal', mean: 'constant' },
    );
    expect(scaled.alpha / normal.alpha).toBeCloseTo(1, 10);
    expect((scaled.omega * 1e6) / normal.omega).toBeCloseTo(1, 10);
    expect((scaled.mu * 1e3) / normal.mu).toBeCloseTo(1, 10);
    expect(scaled.logLikelihood).toBeCloseTo(normal.logLikelihood + y.length * Math.log(1e3), 6);
  });
});

describe('a GARCH fit', () => {
  const simulate = (model: Pick<GarchFit, 'omega' | 'alpha' | 'gamma' | 'beta'>, n: number) => {
    const random = new SeededRandom(21);
    let h = 1;
    return Float64Array.from({ length: n }, () => {
      const e = Math.sqrt(h) * random.normal();
      h = model.omega + (model.alpha + (e < 0 ? model.gamma : 0)) * e * e + model.beta * h;
      return e;
    });
  };

  it('finds the parameters that data were made with', () => {
    const truth = { omega: 0.05, alpha: 0.03, gamma: 0.12, beta: 0.86 };
    const fit = fitGarch(simulate(truth, 20_000), { variance: 'gjr', innovations: 'normal', mean: 'zero' });
    expect(fit.mu).toBe(0);
    expect(fit.omega).toBeCloseTo(truth.omega, 1);
    expect(fit.alpha).toBeCloseTo(truth.alpha, 1);
    expect(fit.gamma).toBeCloseTo(truth.gamma, 1);
    expect(fit.beta).toBeCloseTo(truth.beta, 1);
  });

  it('gives the sample variance where volatility is constant', () => {
    const random = new SeededRandom(4);
    const constant = Float64Array.from({ length: 1000 }, () => random.normal());
    const fit = fitGarch(constant, { variance: 'gjr', innovations: 't', mean: 'zero' });
    const filter = new GarchFilter(fit);
    for (const value of constant) filter.update(value);
    expect(filter.variance).toBeGreaterThan(0.8);
    expect(filter.variance).toBeLessThan(1.25);
  });

  it.each([
    ['two values only', () => Float64Array.from({ length: 400 }, (_, i) => (i % 3 === 0 ? 1 : -1))],
    [
      'nine zeros in ten',
      () => Float64Array.from({ length: 400 }, (_, i) => (i % 10 === 0 ? (i % 20) - 10 : 0)),
    ],
    [
      'one value of 50 standard deviations',
      () => {
        const random = new SeededRandom(5);
        return Float64Array.from({ length: 400 }, (_, i) => (i === 200 ? 50 : random.normal()));
      },
    ],
  ])('stays finite on %s', (_, make) => {
    for (const variance of ['garch', 'gjr'] as const) {
      for (const innovations of ['normal', 't'] as const) {
        const fit = fitGarch(make(), { variance, innovations, mean: 'constant' });
        const filter = new GarchFilter(fit);
        for (const value of make()) {
          expect(filter.variance).toBeGreaterThan(0);
          filter.update(value - fit.mu);
        }
        expect(Number.isFinite(filter.variance)).toBe(true);
        expect(Number.isFinite(fit.logLikelihood)).toBe(true);
      }
    }
  });

  it.each([
    ['too_few_bars', new Float64Array(9)],
    ['constant_series', new Float64Array(50).fill(2)],
    ['not_finite', Float64Array.from({ length: 50 }, (_, i) => (i === 20 ? Number.NaN : i))],
  ])('refuses with %s', (code, values) => {
    expect(() => fitGarch(values, { variance: 'garch', innovations: 'normal', mean: 'constant' })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
