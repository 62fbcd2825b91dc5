import { describe, expect, it } from 'vitest';
import { type Hyperparameters, unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { requireHyperparameters } from '../../../../src/shared/models/require-hyperparameters.ts';
import { resumableUnits } from '../../../../src/shared/models/resumable/resumable-units.ts';

const double = (state: number) => 2 * state;
const make = (checkpoint?: { unit: number; state: number }) =>
  resumableUnits([double, double, double], 1, (state) => `result ${state}`, checkpoint);

describe('a computation in units', () => {
  it('does one unit when the budget is spent already, all when it is not', () => {
    const computation = make();
    expect(computation.step({ expired: () => true })).toBe(false);
    expect(computation.progress()).toBeCloseTo(1 / 3);
    expect(computation.checkpoint()).toEqual({ unit: 1, state: 2 });
    expect(computation.step(unlimitedBudget)).toBe(true);
    expect(computation.result()).toBe('result 8');
  });

  it('goes on from a checkpoint', () => {
    const resumed = make({ unit: 2, state: 4 });
    expect(resumed.progress()).toBeCloseTo(2 / 3);
    expect(resumed.step(unlimitedBudget)).toBe(true);
    expect(resumed.result()).toBe('result 8');
  });

  it('has no result before it is done', () => {
    expect(() => make().result()).toThrow('no result yet');
  });

  it.each([[null], [{}], [{ unit: 4, state: 1 }], [{ unit: 1.5, state: 1 }], [{ unit: 1 }]])(
    'refuses the checkpoint %j',
    (checkpoint) => {
      expect(() => make(checkpoint as never)).toThrow(expect.objectContaining({ code: 'invalid_artifact' }));
    },
  );
});

describe('hyperparameters', () => {
  const allowed = { variance: ['garch', 'gjr'] };

  it('are accepted when each is known and allowed', () => {
    expect(() => requireHyperparameters('M', { variance: 'gjr' }, allowed)).not.toThrow();
  });

  it.each<Hyperparameters>([{}, { variance: 'egarch' }, { variance: 'gjr', depth: 3 }])(
    'are refused: %j',
    (given) => {
      expect(() => requireHyperparameters('M', given, allowed)).toThrow(
        expect.objectContaining({ code: 'invalid_hyperparameters' }),
      );
    },
  );
});
