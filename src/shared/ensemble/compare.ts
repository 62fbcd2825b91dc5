import { FitError } from '../errors/fit-error.ts';
import type { Json } from '../json.ts';
import type { Resumable } from '../models/forecaster.ts';
import { requireDone, workThrough } from '../models/resumable/work-through.ts';
import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../numerics/distributions/predictive-distribution.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { crpsFromQuantiles } from '../scores/crps.ts';
import { logReturns } from '../series/log-returns.ts';
import { chooseTrial } from './choose-trial.ts';
import { type EnsembleFitTask, trainSeries, validationEnd } from './ensemble-fit-task.ts';
import { halfExpandingMeans, sumReturns } from './expanding-mean.ts';
import type { FailedCandidates } from './failed-candidates.ts';
import { combineQuantiles } from './fitted-ensemble.ts';
import type { TunedCandidates } from './tune.ts';

/** One combination: an entry of each member's grid, in the order of the members, and a mean factor. */
export interface Trial {
  readonly entries: readonly number[];
  readonly meanFactor: number;
}

/** What comparing the trials gave. */
export interface Comparison {
  /** CRPS on validation by bar, of every combination of hyperparameters and mean factor, in the order in which they were compared. */
  readonly trialScores: readonly Float64Array[];
  readonly best: Trial;
}

/**
 * Scores every combination of candidates and mean factor by the ensemble's mean CRPS on validation, of outcomes that
 * end there, and chooses one (`chooseTrial`). A unit of work is one trial.
 *
 * A candidate that cannot forecast is among `failed` from then on, and in no trial. The checkpoint holds scores, not forecasts: those are
 * made again after a cut.
 *
 * @param tuned fitted on train
 * @throws from `step` what `FailedCandidates.attempt` throws; FitError `invalid_artifact` for another's checkpoint
 */
export function compare(
  task: EnsembleFitTask,
  tuned: TunedCandidates,
  failed: FailedCandidates,
  checkpoint?: Json,
): Resumable<Comparison> {
  const { series, train, members, steps } = task;
  const realised = logReturns(series.close, steps);
  const anchors = halfExpandingMeans(series, train, validationEnd(task), sumReturns(trainSeries(task))).map(
    (half) => half * steps,
  );
  const weights = members.map(({ weight }) => weight);
  const combined = new Float64Array(QUANTILE_LEVELS.length);
  let trials = everyTrial(task, failed);
  const trialScores = checkpoint === undefined ? [] : readScores(checkpoint, trials.length);
  let forecasts: readonly (readonly (readonly PredictiveDistribution[])[])[] | undefined;

  function scoreNextTrial(): void {
    if (forecasts === undefined) {
      // Not a unit of work of its own: it would be lost at a cut.
      forecasts = forecastValidation(task, tuned, failed);
      trials = everyTrial(task, failed);
    }
    const { entries, meanFactor } = trials[trialScores.length];
    const byMember = forecasts.map((ofMember, m) => ofMember[entries[m]]);
    const scores = anchors.map((anchor, i) => {
      const ofBar = byMember.map((ofMember) => ofMember[i]);
      combineQuantiles(ofBar, weights, anchor, meanFactor, combined);
      return crpsFromQuantiles(combined, realised[train + i - 1]);
    });
    trialScores.push(scores);
  }

  const isDone = () => trialScores.length === trials.length;
  return {
    step: (budget) => workThrough(budget, isDone, scoreNextTrial),
    checkpoint: () => trialScores.map(encodeFloat64),
    progress: () => trialScores.length / trials.length,
    result() {
      requireDone(isDone());
      return { trialScores, best: trials[chooseTrial(trialScores, steps)] };
    },
  };
}

/** Every combination of candidates that have not failed, the last member's varying fastest, within each the mean factors. */
function everyTrial({ members, configuration }: EnsembleFitTask, failed: FailedCandidates): Trial[] {
  let combinations: number[][] = [[]];
  for (const member of members) {
    const left = member.grid.flatMap((_, entry) => (failed.has({ member, entry }) ? [] : [entry]));
    combinations = combinations.flatMap((entries) => left.map((entry) => [...entries, entry]));
  }
  return combinations.flatMap((entries) =>
    configuration.meanFactors.map((meanFactor) => ({ entries, meanFactor })),
  );
}

/** By member, entry and bar; none of a candidate that failed. */
function forecastValidation(
  task: EnsembleFitTask,
  tuned: TunedCandidates,
  failed: FailedCandidates,
): (readonly PredictiveDistribution[])[][] {
  const { series, train, members, steps } = task;
  return tuned.map((candidates, m) =>
    candidates.map((fitted, entry) => {
      const candidate = { member: members[m], entry };
      if (fitted === null || failed.has(candidate)) return [];
      const forecast = () => fitted.predictRange(series, train, validationEnd(task), steps);
      return failed.attempt(candidate, forecast) ?? [];
    }),
  );
}

/** @throws FitError `invalid_artifact` */
function readScores(checkpoint: Json, most: number): Float64Array[] {
  if (Array.isArray(checkpoint) && checkpoint.length <= most) return checkpoint.map(decodeFloat64);
  throw new FitError('invalid_artifact', `A checkpoint of tuning holds the scores of at most ${most} trials`);
}
