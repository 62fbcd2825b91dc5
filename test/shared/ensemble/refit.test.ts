import { describe, expect, it } from 'vitest';
import { refit } from '../../../src/shared/ensemble/refit.ts';
import { registryWhere } from './failing-members.ts';
import { found, standInTask } from './stand-in-task.ts';

const trial = { entries: [2, 1], meanFactor: 0 };

describe('the refit', () => {
  it('fits each member on train and validation with its entry of the trial', () => {
    const fitted = found(refit(standInTask(), trial));
    expect(fitted.map((member) => member.toJSON())).toEqual([
      { name: 'LSTM', hyperparameters: { factor: 2 }, bars: 200 },
      { name: 'ARIMA_GARCH', hyperparameters: { factor: 3 }, bars: 200 },
    ]);
  });

  it('ends with the first member that fails, and names it', () => {
    const task = standInTask(registryWhere('ARIMA_GARCH', 'step'));
    expect(() => found(refit(task, trial))).toThrow(
      expect.objectContaining({ code: 'not_converged', details: { member: 'ARIMA_GARCH' } }),
    );
  });
});
