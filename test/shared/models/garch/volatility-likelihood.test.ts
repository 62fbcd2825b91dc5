import { describe, expect, it } from 'vitest';
import { garchLikelihood } from '../../../../src/shared/models/garch/fit-garch.ts';
import type { RecursionStart } from '../../../../src/shared/models/garch/recursion-start.ts';
import { GARCH_PARAMETERS } from '../../../../src/shared/models/garch/variance-recursion.ts';
import type { VolatilitySpecification } from '../../../../src/shared/models/garch/volatility-specification.ts';
import reference from './fixtures/dem2gbp.json';
import { expectGradient } from './gradient-check.ts';
import { logDensity, slowNegativeLogLikelihood } from './slow-twins.ts';

const y = Float64Array.from(reference.returns);
const starts: readonly RecursionStart[] = ['mean_squared_residual', 'backcast', 'first_variance', 'fgarch'];
const points: readonly [VolatilitySpecification['variance'], number[]][] = [
  ['garch', [0.01, 0.02, 0.1, 0, 0.8, 4.5]],
  ['gjr', [-0.02, 0.01, 0.05, 0.1, 0.85, 12]],
  ['gjr', [0.03, 0.05, 0.2, -0.15, 0.6, 6]],
  ['egarch', [-0.01, -0.12, 0.3, -0.04, 0.9, 5]],
  ['egarch', [0.02, -0.5, -0.05, 0.1, 0.6, 40]],
];
const cases = points.flatMap(([variance, at]) =>
  (['normal', 't'] as const).flatMap((innovations) =>
    starts.map((start) => ({ variance, innovations, start, at })),
  ),
);

describe('the likelihood', () => {
  it.each(cases)(
    'of $variance, $innovations, $start is that of the slow twin, gradient included',
    ({ variance, innovations, start, at }) => {
      const specification = { variance, innovations, start, mean: 'constant' } as const;
      const likelihood = garchLikelihood(y, specification);
      const gradient = new Float64Array(GARCH_PARAMETERS);
      const fast = likelihood.evaluate(Float64Array.from(at), gradient);
      const slow = (parameters: number[]) => slowNegativeLogLikelihood(y, parameters, specification);
      expect(Math.abs(fast / slow([...at]) - 1)).toBeLessThan(1e-10);
      expectGradient(gradient, slow, at, innovations === 't' ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 3, 4]);
    },
  );

  it.each(cases)('of $variance, $innovations, $start is the sum of its log densities', (entry) => {
    const likelihood = garchLikelihood(y, { ...entry, mean: 'constant' });
    const at = Float64Array.from(entry.at);
    const densities = likelihood.logDensities(at);
    const sum = densities.reduce((total, value) => total + value, 0);
    expect(-sum / likelihood.evaluate(at, new Float64Array(GARCH_PARAMETERS))).toBeCloseTo(1, 11);
    const variances = likelihood.variances(at);
    const last = y.length - 1;
    expect(densities[last]).toBeCloseTo(
      logDensity(y[last] - at[0], variances[last], entry.innovations, at[5]),
      10,
    );
  });

  it('does not exist where a variance is not positive', () => {
    const gradient = new Float64Array(GARCH_PARAMETERS);
    const likelihood = garchLikelihood(y, { variance: 'garch', innovations: 'normal', mean: 'constant' });
    const at = Float64Array.of(0, -1, 0.1, 0, 0.1, 8);
    expect(likelihood.evaluate(at, gradient)).toBe(Number.POSITIVE_INFINITY);
    expect(() => likelihood.variances(at)).toThrow(RangeError);
  });

  it('does not exist where an EGARCH variance runs away', () => {
    const gradient = new Float64Array(GARCH_PARAMETERS);
    const likelihood = garchLikelihood(y, { variance: 'egarch', innovations: 'normal', mean: 'zero' });
    const at = Float64Array.of(0, 900, 0.1, 0, 0.1, 8);
    expect(likelihood.evaluate(at, gradient)).toBe(Number.POSITIVE_INFINITY);
  });
});
