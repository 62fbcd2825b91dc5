import { describe, expect, it } from 'vitest';
import { garchLikelihood } from '../../../../src/shared/models/garch/fit-garch.ts';
import { realizedGarchLikelihood } from '../../../../src/shared/models/garch/fit-realized-garch.ts';
import { hasRealizedVariance } from '../../../../src/shared/models/garch/lagged-measure.ts';
import {
  startVolatilityFilter,
  type VolatilityModel,
} from '../../../../src/shared/models/garch/volatility-model.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const realized = {
  variance: 'realized',
  ...{ omega: 0.1, beta: 0.55, gamma: 0.4, xi: -0.25, phi: 1, tau1: -0.1, tau2: 0.15 },
  ...{ measureVariance: 0.4, firstVariance: 0.7 },
} as const;

const models: readonly VolatilityModel[] = [
  { variance: 'garch', omega: 0.04, alpha: 0.1, gamma: 0, beta: 0.85, firstVariance: 0.7 },
  { variance: 'gjr', omega: 0.04, alpha: 0.02, gamma: 0.14, beta: 0.88, firstVariance: 0.7 },
  { variance: 'egarch', omega: 0.01, alpha: 0.2, gamma: -0.1, beta: 0.95, firstVariance: 0.7 },
  realized,
  { ...realized, variance: 'realized_har' },
];

const random = new SeededRandom(31);
const residuals = Float64Array.from({ length: 200 }, () => random.normal());
const measures = Float64Array.from({ length: 200 }, (_, t) =>
  t % 11 === 5 ? Number.NaN : 0.3 * random.normal() - 0.2,
);

describe.each(models.map((model) => ({ name: model.variance, model })))(
  'the filter of $name',
  ({ model }) => {
    const filtered = (upTo: number) => {
      const filter = startVolatilityFilter(model);
      for (let t = 0; t < upTo; t++) filter.update(residuals[t], measures[t]);
      return filter;
    };

    it('has the variances of the likelihood', () => {
      // The start is the likelihood's: the mean squared residual as the first variance.
      const parameters = hasRealizedVariance(model)
        ? [0, model.omega, model.beta, model.gamma, 0, 1, 0, 0, 1, 8]
        : [0, model.omega, model.alpha, model.gamma, model.beta, 8];
      const shared = { innovations: 'normal', mean: 'zero', start: 'first_variance' } as const;
      const likelihood = hasRealizedVariance(model)
        ? realizedGarchLikelihood(residuals, measures, { ...shared, variance: model.variance })
        : garchLikelihood(residuals, { ...shared, variance: model.variance });
      const variances = likelihood.variances(Float64Array.from(parameters));
      const filter = startVolatilityFilter({ ...model, firstVariance: variances[0] });
      residuals.forEach((residual, t) => {
        expect(filter.variance / variances[t]).toBeCloseTo(1, 12);
        filter.update(residual, measures[t]);
      });
    });

    it('forecasts the mean variance of simulated paths for 1 to 20 steps', () => {
      const filter = filtered(100);
      const steps = 20;
      const paths = 6_000;
      const sums = new Float64Array(steps);
      const squares = new Float64Array(steps);
      const draw = new SeededRandom(5);
      for (let path = 0; path < paths; path++) {
        const simulated = filtered(100);
        for (let k = 0; k < steps; k++) {
          const h = simulated.variance;
          sums[k] += h;
          squares[k] += h * h;
          const z = draw.normal();
          const measure = !hasRealizedVariance(model)
            ? Number.NaN
            : model.xi +
              model.phi * Math.log(h) +
              model.tau1 * z +
              model.tau2 * (z * z - 1) +
              Math.sqrt(model.measureVariance) * draw.normal();
          simulated.update(Math.sqrt(h) * z, measure);
        }
      }
      filter.forecast(steps).forEach((variance, k) => {
        const mean = sums[k] / paths;
        const error = Math.sqrt(Math.max(0, squares[k] / paths - mean * mean) / paths);
        expect(Math.abs(variance - mean)).toBeLessThan(4 * error + 1e-12);
      });
    });

    it('forecasts one step as its own variance, and any number of steps as a beginning of more', () => {
      const filter = filtered(150);
      const all = filter.forecast(20);
      expect(all[0]).toBe(filter.variance);
      for (let steps = 1; steps <= 20; steps++) expect(filter.forecast(steps)).toEqual(all.slice(0, steps));
    });
  },
);
