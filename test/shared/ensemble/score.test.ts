import { describe, expect, it } from 'vitest';
import { assembleEnsemble } from '../../../src/shared/ensemble/assemble-ensemble.ts';
import { startCombinations } from '../../../src/shared/ensemble/combination.ts';
import { trainSeries } from '../../../src/shared/ensemble/ensemble-fit-task.ts';
import { FailedCandidates } from '../../../src/shared/ensemble/failed-candidates.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import { score } from '../../../src/shared/ensemble/score.ts';
import { tune } from '../../../src/shared/ensemble/tune.ts';
import type { Json } from '../../../src/shared/json.ts';
import { scoreForecasts } from '../../../src/shared/scores/scored-forecasts.ts';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import { standInRegistry } from './stand-in-members.ts';
import { found, standInTask } from './stand-in-task.ts';

describe('scoring the winner', () => {
  const task = standInTask(standInRegistry, { ...defaultConfiguration, conformalStep: 0.005 });
  const trial = { entries: [1, 0], meanFactor: 0.5 };
  const tuned = found(tune(task, new FailedCandidates()));
  const fitted = trial.entries.map((entry, m) => tuned[m][entry]!);
  const winner = assembleEnsemble(task.members, trial, fitted, trainSeries(task));
  const scores = found(score(task, winner));
  const returns = logReturns(task.series.close);

  it('holds its forecasts by the preset against what came: of train from the first scored bar, and of validation', () => {
    const scored = (from: number, to: number) =>
      scoreForecasts(
        winner.predictRange(task.series, from, to).map(({ distribution }) => distribution),
        returns.subarray(from - 1, to - 1),
      );
    expect(scores.train).toEqual(scored(30, 140));
    expect(scores.validation).toEqual(scored(140, 200));
  });

  it('lets each way of combining learn from validation, bar by bar', () => {
    const expected = startCombinations([0.5, 0.5], 0.005);
    winner.predictRange(task.series, 140, 200).forEach((forecast, i) => {
      const members = winner.shrunkMembers(forecast);
      expected.simple_avg.learn(members, returns[139 + i]);
      expected.calibrated.learn(members, returns[139 + i]);
    });
    for (const weighting of ['simple_avg', 'calibrated'] as const) {
      expect(scores.combinations[weighting].toJSON()).toEqual(expected[weighting].toJSON());
    }
    expect(scores.combinations.calibrated.weights).not.toEqual([0.5, 0.5]);
  });

  it('cut in between ends in the same bits', () => {
    const begun = score(task, winner);
    expect(begun.step({ expired: () => true })).toBe(false);
    const checkpoint = JSON.parse(JSON.stringify(begun.checkpoint())) as Json;
    expect(found(score(task, winner, checkpoint))).toEqual(scores);
  });
});
