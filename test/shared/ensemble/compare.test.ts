import { describe, expect, it } from 'vitest';
import { chooseTrial } from '../../../src/shared/ensemble/choose-trial.ts';
import { compare } from '../../../src/shared/ensemble/compare.ts';
import { FailedCandidates } from '../../../src/shared/ensemble/failed-candidates.ts';
import { combineMembers } from '../../../src/shared/ensemble/fitted-ensemble.ts';
import { tune } from '../../../src/shared/ensemble/tune.ts';
import type { Json } from '../../../src/shared/json.ts';
import { crpsFromQuantiles } from '../../../src/shared/scores/crps.ts';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import { registryWhere } from './failing-members.ts';
import { normalForecast, recentScale } from './stand-in-members.ts';
import { found, standInTask } from './stand-in-task.ts';

const task = standInTask();
const { series } = task;
const returns = logReturns(series.close);

/** The mean CRPS of one combination on validation, computed the long way. */
function slowScore(first: number, second: number, meanFactor: number): number {
  let sum = 0;
  for (let bar = 140; bar < 200; bar++) {
    const known = returns.subarray(0, bar - 1);
    const half = known.reduce((total, value) => total + value, 0) / known.length / 2;
    const scale = recentScale(series, bar);
    const members = [normalForecast(0.001, first * scale), normalForecast(-0.001, second * scale)];
    sum += crpsFromQuantiles(
      combineMembers(members, [0.5, 0.5], half, meanFactor).quantiles,
      returns[bar - 1],
    );
  }
  return sum / 60;
}

const mean = (scores: Float64Array) => scores.reduce((sum, value) => sum + value, 0) / scores.length;

describe('comparing the trials', () => {
  const tuned = found(tune(task, new FailedCandidates()));
  const { best, trialScores } = found(compare(task, tuned, new FailedCandidates()));
  const every = [0.5, 1, 2].flatMap((first, i) =>
    [1, 3].flatMap((second, j) =>
      [0, 0.5].map((meanFactor) => ({ first, second, meanFactor, entries: [i, j] })),
    ),
  );

  it('scores every combination of hyperparameters and mean factor by its CRPS on validation', () => {
    expect(trialScores).toHaveLength(12);
    every.forEach(({ first, second, meanFactor }, i) => {
      expect(mean(trialScores[i])).toBeCloseTo(slowScore(first, second, meanFactor), 12);
    });
  });

  it('chooses the first one within two standard errors of the best', () => {
    const { entries, meanFactor } = every[chooseTrial(trialScores)];
    expect(best).toEqual({ entries, meanFactor });
  });

  it('leaves out a candidate that cannot forecast, and says so', () => {
    const failing = standInTask(registryWhere('LSTM', 'predict', ({ factor }) => factor === 1));
    const failed = new FailedCandidates();
    const comparison = found(compare(failing, found(tune(failing, failed)), failed));
    expect(failed.list).toMatchObject([{ member: 'LSTM', entry: 1, code: 'not_converged' }]);
    expect(comparison.trialScores).toEqual(trialScores.filter((_, i) => every[i].entries[0] !== 1));
  });

  it('cut after every trial ends in the same bits', () => {
    let pieces = compare(task, tuned, new FailedCandidates());
    let steps = 1;
    for (; !pieces.step({ expired: () => true }); steps++) {
      const checkpoint = JSON.parse(JSON.stringify(pieces.checkpoint())) as Json;
      pieces = compare(task, tuned, new FailedCandidates(), checkpoint);
    }
    expect(steps).toBe(12);
    expect(pieces.result()).toEqual({ best, trialScores });
  });

  it.each<[string, Json]>([
    ['is no list', { unit: 1 }],
    ['holds more scores than trials', Array.from({ length: 13 }, () => '')],
  ])('refuses a checkpoint that %s', (_what, checkpoint) => {
    expect(() => compare(task, tuned, new FailedCandidates(), checkpoint)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});
