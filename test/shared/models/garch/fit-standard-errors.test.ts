import { describe, expect, it } from 'vitest';
import { fitGarch, garchLikelihood } from '../../../../src/shared/models/garch/fit-garch.ts';
import {
  garchStandardErrors,
  realizedGarchStandardErrors,
} from '../../../../src/shared/models/garch/fit-standard-errors.ts';
import { type GarchModel, persistence } from '../../../../src/shared/models/garch/garch-model.ts';
import { logRangeMeasures } from '../../../../src/shared/models/garch/range-measure.ts';
import { standardErrors } from '../../../../src/shared/models/garch/standard-errors.ts';
import type { VolatilitySpecification } from '../../../../src/shared/models/garch/volatility-specification.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { sliceSeries } from '../../../../src/shared/series/series.ts';
import { sp500 } from '../../series/sp500.ts';
import { fitRealizedGarch } from './fitted-realized-garch.ts';
import reference from './fixtures/dem2gbp.json';
import { slowLogDensities, slowRealizedLogDensities, slowStandardErrors } from './slow-twins.ts';

const windows = Array.from({ length: 17 }, (_, i) => {
  const series = sliceSeries(sp500(), 250 * i, 250 * i + 1001);
  // In percent, where fixed steps suit the slow twin.
  return {
    y: logReturns(series.close).map((value) => 100 * value),
    x: logRangeMeasures(series)
      .subarray(1)
      .map((value) => value + 2 * Math.log(100)),
  };
});

const places: Record<string, number> = { mu: 0, omega: 1, alpha: 2, gamma: 3, beta: 4, nu: 5 };
const KINDS = ['hessian', 'opg', 'robust'] as const;

describe('the standard errors of GARCH fits', () => {
  it.each<[string, number, VolatilitySpecification, readonly string[], number]>([
    [
      'a free GJR',
      3,
      { variance: 'gjr', innovations: 't', mean: 'constant' },
      ['mu', 'omega', 'alpha', 'gamma', 'beta', 'nu'],
      2e-3,
    ],
    [
      'a free GARCH',
      11,
      { variance: 'garch', innovations: 'normal', mean: 'constant' },
      ['mu', 'omega', 'alpha', 'beta'],
      2e-3,
    ],
    [
      'GJR with alpha = 0',
      7,
      { variance: 'gjr', innovations: 't', mean: 'constant' },
      ['mu', 'omega', 'gamma', 'beta', 'nu'],
      2e-3,
    ],
    [
      'GJR with alpha = 0 and nu = 200',
      2,
      { variance: 'gjr', innovations: 't', mean: 'zero' },
      ['omega', 'gamma', 'beta'],
      2e-3,
    ],
    [
      'a free EGARCH',
      11,
      { variance: 'egarch', innovations: 't', mean: 'zero' },
      ['omega', 'alpha', 'gamma', 'beta', 'nu'],
      2e-3,
    ],
    // |z| has a kink where a residual is 0, which the slow twin's steps of the mean run over.
    [
      'an EGARCH with a mean',
      8,
      { variance: 'egarch', innovations: 'normal', mean: 'constant' },
      ['mu', 'omega', 'alpha', 'gamma', 'beta'],
      0.1,
    ],
  ])('of %s are those of the slow twin', (_, window, specification, free, tolerance) => {
    const { y } = windows[window];
    const fit = fitGarch(y, specification);
    const found = garchStandardErrors(y, specification, fit);
    const { omega, alpha, gamma, beta } = fit.model;
    const at = [fit.mu, omega, alpha, gamma, beta, fit.nu ?? 0];
    const slow = slowStandardErrors(
      (point) => slowLogDensities(y, point, specification),
      at,
      free.map((name) => places[name]),
      free.map((name) => (name === 'nu' ? 1e-3 * at[5] : 1e-4 * Math.max(0.1, Math.abs(at[places[name]])))),
    );
    expect(found.reason).toBeNull();
    for (const kind of KINDS) {
      const known = Object.entries(found[kind]!).filter(([, error]) => error !== null);
      expect(known.map(([name]) => name)).toEqual(free);
      known.forEach(([, error], i) => {
        expect(Math.abs(error! / slow[kind][i] - 1)).toBeLessThan(tolerance);
      });
    }
  });

  it.each(['t', 'normal'] as const)(
    'of a realized GARCH with %s innovations are those of the slow twin',
    (innovations) => {
      const { y, x } = windows[12];
      const specification = { innovations, mean: 'constant' } as const;
      const fit = fitRealizedGarch(y, x, specification);
      const found = realizedGarchStandardErrors(y, x, specification, fit);
      const { omega, beta, gamma, xi, phi, tau1, tau2, measureVariance } = fit.model;
      const at = [fit.mu, omega, beta, gamma, xi, phi, tau1, tau2, measureVariance, fit.nu ?? 0];
      const free = Array.from({ length: innovations === 't' ? 10 : 9 }, (_, i) => i);
      const slow = slowStandardErrors(
        (point) => slowRealizedLogDensities(y, x, point, innovations, 'mean_squared_residual'),
        at,
        free,
        free.map((i) => 1e-4 * Math.max(0.1, Math.abs(at[i]))),
      );
      for (const kind of KINDS) {
        const errors = Object.values(found[kind]!);
        expect(errors).toHaveLength(free.length);
        errors.forEach((error, i) => {
          expect(Math.abs(error! / slow[kind][i] - 1)).toBeLessThan(2e-3);
        });
      }
    },
  );

  it.each(['mean_squared_residual', 'fgarch'] as const)(
    'of GJR-t on the windows of the S&P 500, started as %s, are null for alpha just where it is 0',
    (start) => {
      const specification = { variance: 'gjr', innovations: 't', mean: 'constant', start } as const;
      let bounded = 0;
      for (const { y } of windows) {
        const fit = fitGarch(y, specification);
        const { hessian, robust, atBounds, reason } = garchStandardErrors(y, specification, fit);
        const onBound = fit.model.alpha < (start === 'fgarch' ? 1e-4 : 1e-9);
        expect(reason).toBeNull();
        expect(atBounds.includes('alpha')).toBe(onBound);
        if (onBound) bounded++;
        for (const errors of [hessian!, robust!]) {
          expect(errors.alpha === null).toBe(onBound);
          expect(errors.nu === null).toBe(atBounds.includes('nu'));
          expect(errors.nu === null).toBe(fit.nu! > 199.9);
          expect(errors.mu).toBeGreaterThan(0.01);
          expect(errors.mu).toBeLessThan(0.06);
          for (const name of ['gamma', 'beta']) {
            expect(errors[name]).toBeGreaterThan(0.005);
            expect(errors[name]).toBeLessThan(0.15);
          }
        }
      }
      expect(bounded).toBe(15);
    },
  );

  it('of a fit with the persistence at its bound let alpha and beta move against one another only', () => {
    const y = Float64Array.from(reference.returns);
    const specification = { variance: 'garch', innovations: 't', mean: 'constant' } as const;
    const fit = fitGarch(y, specification);
    expect(persistence(fit.model as GarchModel)).toBeCloseTo(0.9999, 12);
    const { hessian, robust, atBounds } = garchStandardErrors(y, specification, fit);
    expect(atBounds).toEqual(['persistence']);
    // As a likelihood of mu, omega, alpha and nu, beta being what is left of the persistence.
    const at = [fit.mu, fit.model.omega, fit.model.alpha, fit.nu!];
    const slow = slowStandardErrors(
      ([mu, omega, alpha, nu]) =>
        slowLogDensities(y, [mu, omega, alpha, 0, 0.9999 - alpha, nu], specification),
      at,
      [0, 1, 2, 3],
      at.map((value) => 1e-4 * Math.max(0.1, Math.abs(value))),
    );
    for (const [errors, twin] of [
      [hessian!, slow.hessian],
      [robust!, slow.robust],
    ] as const) {
      ['mu', 'omega', 'alpha', 'nu'].forEach((name, i) => {
        expect(Math.abs(errors[name]! / twin[i] - 1)).toBeLessThan(5e-3);
      });
      expect(errors.beta! / errors.alpha!).toBeCloseTo(1, 9);
    }
  });

  it('of an ARCH(1) series hold beta at 0', () => {
    const random = new SeededRandom(3);
    let h = 1;
    const y = Float64Array.from({ length: 1500 }, () => {
      const e = Math.sqrt(h) * random.normal();
      h = 0.6 + 0.4 * e * e;
      return e;
    });
    const specification = { variance: 'garch', innovations: 'normal', mean: 'zero' } as const;
    const fit = fitGarch(y, specification);
    expect(fit.model.beta).toBe(0);
    const { hessian, atBounds } = garchStandardErrors(y, specification, fit);
    expect(atBounds).toEqual(['beta']);
    expect(hessian!.beta).toBeNull();
    expect(Math.abs(fit.model.alpha - 0.4)).toBeLessThan(3 * hessian!.alpha!);
    expect(Math.abs(fit.model.omega - 0.6)).toBeLessThan(3 * hessian!.omega!);
  });

  it('without a bound reached are those of the free likelihood, to the bit', () => {
    const { y } = windows[3];
    const specification = { variance: 'gjr', innovations: 't', mean: 'constant' } as const;
    const fit = fitGarch(y, specification);
    const { omega, alpha, gamma, beta } = fit.model;
    const names = ['mu', 'omega', 'alpha', 'gamma', 'beta', 'nu'];
    const at = Float64Array.of(fit.mu, omega, alpha, gamma, beta, fit.nu!);
    const free = standardErrors(garchLikelihood(y, specification), at, names);
    expect(garchStandardErrors(y, specification, fit)).toEqual(free);
    expect(free.atBounds).toEqual([]);
  });

  it('are none, with the reason, where nothing reacts to a shock', () => {
    const y = Float64Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + (i % 7) / 10));
    const model = { variance: 'garch', omega: 1, alpha: 0, gamma: 0, beta: 0.5, firstVariance: 1 } as const;
    const specification = { variance: 'garch', innovations: 'normal', mean: 'zero' } as const;
    expect(garchStandardErrors(y, specification, { model, mu: 0, nu: null })).toEqual({
      hessian: null,
      opg: null,
      robust: null,
      atBounds: [],
      reason: 'not_identified',
    });
    const none = new Float64Array(y.length).fill(Number.NaN);
    const realized = { innovations: 't', mean: 'zero' } as const;
    const fit = fitRealizedGarch(y, none, realized);
    expect(realizedGarchStandardErrors(y, none, realized, fit)).toMatchObject({ reason: 'too_few_measures' });
  });

  it('are none, with the reason, where the point is no maximum', () => {
    const { y } = windows[3];
    const model = { variance: 'gjr', omega: 5, alpha: 0.3, gamma: 0.1, beta: 0.3, firstVariance: 1 } as const;
    const specification = { variance: 'gjr', innovations: 'normal', mean: 'zero' } as const;
    const found = garchStandardErrors(y, specification, { model, mu: 0, nu: null });
    expect(found).toMatchObject({ hessian: null, robust: null, reason: 'not_positive_definite' });
  });
});
