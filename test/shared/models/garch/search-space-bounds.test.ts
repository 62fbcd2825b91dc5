import { expect, it } from 'vitest';
import { garchSearchSpace } from '../../../../src/shared/models/garch/fit-garch.ts';
import type { ParameterBound } from '../../../../src/shared/models/garch/parameter-bound.ts';
import { RealizedGarchSearchSpace } from '../../../../src/shared/models/garch/realized-garch-search-space.ts';
import type { SearchSpace } from '../../../../src/shared/models/garch/search-space.ts';

const unit = 0.01;
const scaling = { centre: 0, unit };

/** Names of the bounds that parameters in the data's unit lie on. */
function reached(bounds: readonly ParameterBound[], values: Readonly<Record<string, number>>): string[] {
  return bounds
    .filter(({ coefficients, lower, upper }) => {
      const sum = Object.entries(coefficients).reduce(
        (total, [name, times]) => total + times * values[name],
        0,
      );
      return Math.abs(sum - lower) < 1e-9 || Math.abs(sum - upper) < 1e-9;
    })
    .map(({ name }) => name);
}

/** A point inside the box, with one variable on a side of it. */
const onSide = (space: SearchSpace, inside: readonly number[], variable: number, side: 'lower' | 'upper') =>
  Float64Array.from(inside, (value, i) => (i === variable ? space[side][i] : value));

it('each side of the EGARCH box is a bound of the parameters in the unit of the data', () => {
  const space = garchSearchSpace({ variance: 'egarch', innovations: 't', mean: 'zero' });
  const names = [null, 'level', 'alpha - 2.5066 beta', 'gamma', 'beta', 'nu'];
  const inside = [0, 0.3, 0.4, -0.1, 0.9, 0.15];
  for (const variable of [1, 2, 3, 4, 5]) {
    for (const side of ['lower', 'upper'] as const) {
      const [, omega, alpha, gamma, beta, nu] = space.inUnit(
        space.parameters(onSide(space, inside, variable, side)),
        unit,
      );
      expect(reached(space.bounds(scaling), { omega, alpha, gamma, beta, nu })).toEqual([names[variable]]);
    }
  }
});

it('and of the realized GARCH box, whose search sees the log measures less their mean', () => {
  const space = new RealizedGarchSearchSpace('t', 'zero');
  const meanLogMeasure = -9;
  const names = [null, 'level', 'beta', 'gamma', 'nu'];
  const inside = [0, 0.3, 0.6, 0.3, 0.15];
  for (const variable of [1, 2, 3, 4]) {
    for (const side of ['lower', 'upper'] as const) {
      const found = space.inUnit(space.parameters(onSide(space, inside, variable, side)), unit);
      const [, omega, beta, gamma] = found;
      const values = { omega: omega - gamma * meanLogMeasure, beta, gamma, nu: found[9], measureVariance: 1 };
      expect(reached(space.bounds(scaling, meanLogMeasure), values)).toEqual([names[variable]]);
    }
  }
});
