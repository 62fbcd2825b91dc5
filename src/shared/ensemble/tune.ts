import type { Json } from '../json.ts';
import type { FittedForecaster, Resumable } from '../models/forecaster.ts';
import { inTurn } from '../models/resumable/in-sequence.ts';
import { mapResult } from '../models/resumable/map-result.ts';
import { type EnsembleFitTask, trainSeries } from './ensemble-fit-task.ts';
import type { FailedCandidates } from './failed-candidates.ts';
import { fitMember } from './fit-member.ts';
import { everyGridEntry } from './grid-entry.ts';

/** The candidates fitted on train, by member and entry of its grid; null for one that failed. */
export type TunedCandidates = readonly (readonly (FittedForecaster | null)[])[];

/**
 * Fits every entry of every member's grid on train. One that cannot be fitted is among `failed` from then on.
 *
 * @throws from `step` what `FailedCandidates.attempt` throws
 */
export function tune(
  task: EnsembleFitTask,
  failed: FailedCandidates,
  checkpoint?: Json,
): Resumable<TunedCandidates> {
  const candidates = everyGridEntry(task.members);
  const fittedOn = trainSeries(task);
  const fits = inTurn<FittedForecaster | null>(
    'ensemble',
    candidates.length,
    (place, resumed) => {
      const candidate = candidates[place];
      const guard = <T>(work: () => T) => (failed.has(candidate) ? null : failed.attempt(candidate, work));
      return fitMember<null>(task, candidate, fittedOn, ['tune', candidate.entry], guard, resumed);
    },
    {
      encode: (fitted) => fitted?.toJSON() ?? null,
      decode: (json, place) => (json === null ? null : candidates[place].member.forecaster.restore(json)),
    },
    checkpoint,
  );
  return mapResult(fits, (fitted) =>
    task.members.map((member) => fitted.filter((_, place) => candidates[place].member === member)),
  );
}
