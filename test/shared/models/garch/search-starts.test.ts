import { expect, it } from 'vitest';
import { GarchSearch } from '../../../../src/shared/models/garch/fit-garch.ts';
import { RealizedGarchSearch } from '../../../../src/shared/models/garch/fit-realized-garch.ts';
import type { VolatilitySearch } from '../../../../src/shared/models/garch/volatility-search.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const normals = (seed: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: 400 }, () => random.normal());
};

/** Normal values, of which one in twenty is four times as large. */
const withOutliers = (seed: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: 400 }, () => random.normal() * (random.uniform() < 0.05 ? 4 : 1));
};

/** How far the log-likelihood that one start leads to is above that of all others. */
function gainOf<Model>(search: VolatilitySearch<Model>, start: number): number {
  const values = Array.from({ length: search.starts }, (_, i) => search.run(i).value);
  return Math.min(...values.filter((_, i) => i !== start)) - values[start];
}

it('the fourth start of GARCH and GJR finds the maximum where outliers stand alone', () => {
  const specification = { innovations: 'normal', mean: 'zero' } as const;
  expect(
    gainOf(new GarchSearch(withOutliers(61), { ...specification, variance: 'garch' }), 3),
  ).toBeGreaterThan(1);
  expect(
    gainOf(new GarchSearch(withOutliers(134), { ...specification, variance: 'gjr' }), 3),
  ).toBeGreaterThan(1);
});

it('the third start of EGARCH finds the maximum where there is hardly any memory', () => {
  const specification = { variance: 'egarch', innovations: 'normal', mean: 'zero' } as const;
  expect(gainOf(new GarchSearch(normals(3), specification), 2)).toBeGreaterThan(1);
  expect(gainOf(new GarchSearch(withOutliers(17), specification), 2)).toBeGreaterThan(1);
});

it('the second start of realized GARCH finds the maximum where the measures are noise', () => {
  const measures = normals(1011).map((value) => 0.3 * value);
  const search = new RealizedGarchSearch(normals(11), measures, { innovations: 'normal', mean: 'zero' });
  expect(gainOf(search, 1)).toBeGreaterThan(1);
});
