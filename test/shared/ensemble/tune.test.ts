import { describe, expect, it } from 'vitest';
import { FailedCandidates } from '../../../src/shared/ensemble/failed-candidates.ts';
import { memberSeed } from '../../../src/shared/ensemble/member-seed.ts';
import { tune } from '../../../src/shared/ensemble/tune.ts';
import type { FitOptions } from '../../../src/shared/models/forecaster.ts';
import { registryWhere } from './failing-members.ts';
import { standInRegistry } from './stand-in-members.ts';
import { found, standInTask } from './stand-in-task.ts';

describe('tuning', () => {
  it('fits every entry of every grid on train, each with a seed of its own', () => {
    const given: [string, number, FitOptions][] = [];
    const { forecaster } = standInRegistry.LSTM!;
    const recording: typeof forecaster = {
      ...forecaster,
      fit(series, hyperparameters, options) {
        given.push([JSON.stringify(hyperparameters), series.times.length, options]);
        return forecaster.fit(series, hyperparameters, options);
      },
    };
    const task = standInTask({
      ...standInRegistry,
      LSTM: { forecaster: recording, refittedInsideTest: false },
    });
    const tuned = found(tune(task, new FailedCandidates()));
    expect(tuned.map((candidates) => candidates.map((fitted) => fitted!.toJSON()))).toEqual([
      [0.5, 1, 2].map((factor) => ({ name: 'LSTM', hyperparameters: { factor }, bars: 140 })),
      [1, 3].map((factor) => ({ name: 'ARIMA_GARCH', hyperparameters: { factor }, bars: 140 })),
    ]);
    const seed = (entry: number) => memberSeed(1, 'SIM4', task.series.times[199], 'LSTM', 'tune', entry);
    expect(given.map(([hyperparameters, bars, options]) => [hyperparameters, bars, options.seed])).toEqual([
      ['{"factor":0.5}', 140, seed(0)],
      ['{"factor":1}', 140, seed(1)],
      ['{"factor":2}', 140, seed(2)],
    ]);
    expect(new Set(given.map(([, , options]) => options.seed)).size).toBe(3);
  });

  it('says which entries cannot be fitted, and does not try those again of which it is known', () => {
    let tried = 0;
    const registry = registryWhere('LSTM', 'fit', ({ factor }) => {
      if (factor === 2) tried++;
      return factor !== 1;
    });
    const failed = new FailedCandidates([
      { member: 'LSTM', entry: 2, code: 'not_converged', message: 'as before' },
    ]);
    const [ofLstm] = found(tune(standInTask(registry), failed));
    expect(ofLstm.map((fitted) => fitted === null)).toEqual([true, false, true]);
    expect(failed.list.map(({ entry, message }) => [entry, message])).toEqual([
      [2, 'as before'],
      [0, 'LSTM: it cannot be done.'],
    ]);
    expect(tried).toBe(0);
  });
});
