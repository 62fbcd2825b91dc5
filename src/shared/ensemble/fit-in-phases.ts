import { parseDate } from '../calendars/civil-date.ts';
import type { Json } from '../json.ts';
import type { Resumable } from '../models/forecaster.ts';
import { inSequence, Part } from '../models/resumable/in-sequence.ts';
import type { Series } from '../series/series.ts';
import { assembleEnsemble } from './assemble-ensemble.ts';
import { choiceCodec, chooseOnValidation } from './choose-on-validation.ts';
import type { DroppedMember } from './dropped-member.ts';
import type { EnsembleFitResult } from './ensemble-fit-result.ts';
import type { EnsembleFitTask } from './ensemble-fit-task.ts';
import type { FailedCandidates } from './failed-candidates.ts';
import { everyGridEntry } from './grid-entry.ts';
import { refit } from './refit.ts';

/**
 * Tunes and fits an ensemble with the members that it has:
 *
 * 1. `tune`: every entry of every member's grid is fitted on train;
 * 2. `compare`: every combination of entries and mean factor is scored by the ensemble's mean CRPS on validation; the first
 *    that is within two standard errors of the best wins (`chooseTrial`);
 * 3. `score`: the winner, still fitted on train, forecasts train (in sample) and validation, both by the preset; on validation each
 *    way of combining learns, bar by bar;
 * 4. `refit`: each member is fitted on train and validation with its winning hyperparameters.
 *
 * An entry of a grid that cannot be fitted or cannot forecast takes no part, and the result says so.
 *
 * @param dropped members that the ensemble goes on without
 * @param failed entries known not to work; those that are found are added
 * @throws from `step`, naming the member: `no_valid_candidate` and the like when no entry of its grid is left, what its refit throws
 */
export function fitInPhases(
  task: EnsembleFitTask,
  dropped: readonly DroppedMember[],
  failed: FailedCandidates,
  checkpoint?: Json,
): Resumable<EnsembleFitResult> {
  const { members, series, train, firstScoredBar, steps } = task;
  const choosing = new Part(
    everyGridEntry(members).length + 1,
    (resumed?: Json) => chooseOnValidation(task, failed, resumed),
    choiceCodec,
  );
  const refitting = new Part(members.length, (resumed?: Json) => refit(task, choosing.result.best, resumed));
  return inSequence(
    'ensemble',
    [choosing, refitting],
    () => {
      const { best, trialScores, scores } = choosing.result;
      const fitted = assembleEnsemble(members, best, refitting.result, series, dropped);
      return {
        fitted,
        chosen: Object.fromEntries(
          fitted.members.map(({ name, hyperparameters }) => [name, hyperparameters]),
        ),
        meanFactor: best.meanFactor,
        dropped,
        failedCandidates: failed.list,
        trialScores,
        firstScoredBar,
        steps,
        ...scores,
        validationSpanDays: daysFrom(series, train),
      };
    },
    checkpoint,
  );
}

/** Calendar days from a bar to the last one. */
function daysFrom({ times }: Series, bar: number): number {
  const day = (time: string) => parseDate(time.slice(0, 10));
  return day(times[times.length - 1]) - day(times[bar]);
}
