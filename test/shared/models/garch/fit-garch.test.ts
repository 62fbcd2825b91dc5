import { describe, expect, it } from 'vitest';
import { fitGarch, garchLikelihood } from '../../../../src/shared/models/garch/fit-garch.ts';
import { garchStandardErrors } from '../../../../src/shared/models/garch/fit-standard-errors.ts';
import { type GarchModel, persistence } from '../../../../src/shared/models/garch/garch-model.ts';
import type { Innovations } from '../../../../src/shared/models/garch/innovation-distribution.ts';
import { standardErrors } from '../../../../src/shared/models/garch/standard-errors.ts';
import { startVolatilityFilter } from '../../../../src/shared/models/garch/volatility-model.ts';
import type { VolatilityFit } from '../../../../src/shared/models/garch/volatility-search.ts';
import type { VolatilitySpecification } from '../../../../src/shared/models/garch/volatility-specification.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import reference from './fixtures/dem2gbp.json';

const y = Float64Array.from(reference.returns);
const benchmark = { variance: 'garch', innovations: 'normal', mean: 'constant' } as const;
const normal = fitGarch(y, benchmark);

type ReturnModelFit = ReturnType<typeof fitGarch>;

const parametersOf = ({ mu, model, nu }: ReturnModelFit) =>
  Float64Array.of(mu, model.omega, model.alpha, model.gamma, model.beta, nu ?? Number.POSITIVE_INFINITY);

/** `garch t` and the like, as the fixture names fits. */
const specified = (name: string) => {
  const [variance, innovations] = name.split(' ');
  return { variance, innovations, mean: 'constant' } as VolatilitySpecification;
};

describe('GARCH(1,1) on the benchmark series', () => {
  it('has the published estimates to their printed digits', () => {
    const { mu, omega, alpha, beta } = reference.published;
    expect(normal.converged).toBe(true);
    // One unit of the last digit printed; omega is cut off there, not rounded.
    expect(Math.abs(normal.mu - mu)).toBeLessThan(0.5e-8);
    expect(Math.abs(normal.model.omega - omega)).toBeLessThan(1e-7);
    expect(Math.abs(normal.model.alpha - alpha)).toBeLessThan(0.5e-6);
    expect(Math.abs(normal.model.beta - beta)).toBeLessThan(0.5e-6);
  });

  it('has the published standard errors to their printed digits', () => {
    const found = standardErrors(garchLikelihood(y, benchmark), parametersOf(normal), [
      'mu',
      'omega',
      'alpha',
      'beta',
    ]);
    for (const kind of ['hessian', 'robust'] as const) {
      for (const [name, printed] of Object.entries(reference.published.standardErrors[kind])) {
        expect(found[kind]![name]!.toPrecision(6)).toBe(printed.toPrecision(6));
      }
    }
  });

  it('has the log-likelihood, variances and forecasts of fGarch', () => {
    expect(Math.abs(normal.logLikelihood - reference.normal.logLikelihood)).toBeLessThan(1e-8);
    const filter = startVolatilityFilter(normal.model);
    y.forEach((value, t) => {
      if (t < 5) expect(filter.variance / reference.normal.variances[t]).toBeCloseTo(1, 5);
      filter.update(value - normal.mu, Number.NaN);
    });
    filter.forecast(5).forEach((variance, k) => {
      expect(variance / reference.normal.forecast[k]).toBeCloseTo(1, 5);
    });
  });

  it('with t innovations has the log-likelihood of fGarch when persistence is as free as there', () => {
    const fit = fitGarch(y, { ...benchmark, innovations: 't', maximumPersistence: 1.1 });
    expect(Math.abs(fit.logLikelihood - reference.t.logLikelihood)).toBeLessThan(1e-6);
    expect(fit.nu! / reference.t.nu).toBeCloseTo(1, 4);
    expect(persistence(fit.model)).toBeGreaterThan(1);
  });

  it('with t innovations keeps a finite long-run variance otherwise', () => {
    const fit = fitGarch(y, { ...benchmark, innovations: 't' });
    expect(persistence(fit.model)).toBeCloseTo(0.9999, 12);
    expect(fit.logLikelihood).toBeLessThan(reference.t.logLikelihood);
  });

  it('as GJR has the log-likelihood and the first variance of fGarch', () => {
    const fit = fitGarch(y, { ...benchmark, variance: 'gjr', start: 'fgarch' });
    expect(Math.abs(fit.logLikelihood - reference.gjr.logLikelihood)).toBeLessThan(1e-6);
    expect(fit.model.firstVariance / reference.gjr.firstVariance).toBeCloseTo(1, 5);
  });

  it.each(Object.entries(reference.rugarch.fits))(
    'as %s has the log-likelihood of rugarch',
    (name, expected) => {
      const fit = fitGarch(y, { ...specified(name), start: 'first_variance', maximumPersistence: 0.999 });
      expect(Math.abs(fit.logLikelihood - expected.logLikelihood)).toBeLessThan(1e-5);
      expect(fit.logLikelihood).toBeGreaterThan(expected.logLikelihood - 1e-8);
    },
  );

  it.each(Object.entries(reference.arch.fits))(
    'as %s has the log-likelihood, estimates, robust errors and forecasts of arch',
    (name, expected) => {
      const specification = { ...specified(name), start: 'backcast', maximumPersistence: 1 } as const;
      const fit = fitGarch(y, specification);
      expect(Math.abs(fit.logLikelihood - expected.logLikelihood)).toBeLessThan(1e-7);
      const named: Record<string, number> = { ...fit.model, mu: fit.mu, nu: fit.nu ?? 0 } as never;
      const errors = standardErrors(
        garchLikelihood(y, specification),
        parametersOf(fit),
        Object.keys(expected.parameters),
      );
      for (const [parameter, value] of Object.entries(expected.parameters)) {
        const error = expected.robust[parameter as 'mu'];
        expect(Math.abs(named[parameter] - value) / error).toBeLessThan(1e-4);
        // arch differentiates twice numerically, with the kink of EGARCH's |z| at every residual near 0.
        expect(errors.robust![parameter]! / error).toBeGreaterThan(name.startsWith('egarch') ? 0.93 : 0.999);
        expect(errors.robust![parameter]! / error).toBeLessThan(name.startsWith('egarch') ? 1.07 : 1.001);
      }
      const filter = startVolatilityFilter(fit.model);
      for (const value of y) filter.update(value - fit.mu, Number.NaN);
      const forecast = filter.forecast(5);
      expected.forecast.forEach((variance, k) => {
        expect(forecast[k] / variance).toBeCloseTo(1, 4);
      });
    },
  );

  it('nests: leverage and tails never lower the likelihood', () => {
    const of = (variance: 'garch' | 'gjr', innovations: Innovations) =>
      fitGarch(y, { variance, innovations, mean: 'constant' }).logLikelihood;
    expect(of('gjr', 'normal')).toBeGreaterThan(normal.logLikelihood);
    expect(of('gjr', 't')).toBeGreaterThan(of('garch', 't'));
    expect(of('garch', 't')).toBeGreaterThan(normal.logLikelihood + 100);
  });

  it.each(['garch', 'gjr', 'egarch'] as const)('as %s does not depend on the unit', (variance) => {
    const specification = { variance, innovations: 't', mean: 'constant' } as const;
    const plain = fitGarch(y, specification);
    const scaled = fitGarch(
      y.map((value) => value * 1e-3),
      specification,
    );
    expect(scaled.model.alpha / plain.model.alpha).toBeCloseTo(1, 9);
    expect(scaled.model.beta / plain.model.beta).toBeCloseTo(1, 9);
    expect((scaled.model.firstVariance * 1e6) / plain.model.firstVariance).toBeCloseTo(1, 9);
    expect((scaled.mu * 1e3) / plain.mu).toBeCloseTo(1, 8);
    expect(scaled.logLikelihood).toBeCloseTo(plain.logLikelihood + y.length * Math.log(1e3), 6);
    const last = ({ model, mu }: ReturnModelFit, unit: number) => {
      const filter = startVolatilityFilter(model);
      for (const value of y) filter.update(value * unit - mu, Number.NaN);
      return filter.forecast(20)[19];
    };
    expect((last(scaled, 1e-3) * 1e6) / last(plain, 1)).toBeCloseTo(1, 9);
  });
});

describe('a GARCH fit', () => {
  const simulate = (model: Omit<GarchModel, 'variance' | 'firstVariance'>, n: number) => {
    const random = new SeededRandom(21);
    let h = 1;
    return Float64Array.from({ length: n }, () => {
      const e = Math.sqrt(h) * random.normal();
      h = model.omega + (model.alpha + (e < 0 ? model.gamma : 0)) * e * e + model.beta * h;
      return e;
    });
  };
  const expectClose = (fit: VolatilityFit<object>, truth: Record<string, number>) => {
    const found = fit.model as Record<string, number>;
    for (const [name, value] of Object.entries(truth))
      expect(Math.abs(found[name] - value)).toBeLessThan(0.05);
  };

  it('finds the parameters that data were made with', () => {
    const truth = { omega: 0.05, alpha: 0.03, gamma: 0.12, beta: 0.86 };
    const fit = fitGarch(simulate(truth, 20_000), { variance: 'gjr', innovations: 'normal', mean: 'zero' });
    expect(fit.mu).toBe(0);
    expectClose(fit, truth);
  });

  it('finds the parameters that EGARCH data were made with', () => {
    const truth = { omega: -0.02, alpha: 0.15, gamma: -0.1, beta: 0.95 };
    const random = new SeededRandom(22);
    let l = 0;
    const values = Float64Array.from({ length: 20_000 }, () => {
      const z = random.normal();
      const value = Math.exp(l / 2) * z;
      l =
        truth.omega + truth.alpha * (Math.abs(z) - Math.sqrt(2 / Math.PI)) + truth.gamma * z + truth.beta * l;
      return value;
    });
    expectClose(fitGarch(values, { variance: 'egarch', innovations: 'normal', mean: 'zero' }), truth);
  });

  it.each(['gjr', 'egarch'] as const)(
    'of %s gives the sample variance where volatility is constant',
    (variance) => {
      const random = new SeededRandom(4);
      const constant = Float64Array.from({ length: 1000 }, () => random.normal());
      const fit = fitGarch(constant, { variance, innovations: 't', mean: 'zero' });
      const filter = startVolatilityFilter(fit.model);
      for (const value of constant) filter.update(value, Number.NaN);
      expect(filter.variance).toBeGreaterThan(0.8);
      expect(filter.variance).toBeLessThan(1.25);
    },
  );

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
    for (const variance of ['garch', 'gjr', 'egarch'] as const) {
      for (const innovations of ['normal', 't'] as const) {
        const fit = fitGarch(make(), { variance, innovations, mean: 'constant' });
        const filter = startVolatilityFilter(fit.model);
        for (const value of make()) {
          expect(filter.variance).toBeGreaterThan(0);
          filter.update(value - fit.mu, Number.NaN);
        }
        expect(Number.isFinite(filter.variance)).toBe(true);
        expect(Number.isFinite(fit.logLikelihood)).toBe(true);
      }
    }
  });

  it.each<[string, Float64Array]>([
    ['too_few_bars', new Float64Array(9)],
    ['constant_series', new Float64Array(50).fill(2)],
    // Their mean is not the value to the bit.
    ...[0.1, 0.3, 1 / 3, 1e-5].map((value): [string, Float64Array] => [
      'constant_series',
      new Float64Array(300).fill(value),
    ]),
    ['not_finite', Float64Array.from({ length: 50 }, (_, i) => (i === 20 ? Number.NaN : i))],
  ])('refuses with %s', (code, values) => {
    expect(() => fitGarch(values, benchmark)).toThrow(expect.objectContaining({ code }));
  });

  it.each([1e160, 1e-170])('refuses values times %s, which cannot be squared, and says so', (factor) => {
    expect(() =>
      fitGarch(
        y.map((value) => factor * value),
        benchmark,
      ),
    ).toThrow(/squares leave the range of double precision/);
  });

  it('says converged where the data do not tell the parameters apart, and the standard errors say that', () => {
    const random = new SeededRandom(1);
    const noise = Float64Array.from({ length: 500 }, () => random.normal());
    const fit = fitGarch(noise, benchmark);
    expect(fit.converged).toBe(true);
    expect(garchStandardErrors(noise, benchmark, fit)).toMatchObject({
      robust: null,
      reason: 'not_identified',
    });
  });
});
