import type { Json } from '../json.ts';
import type { FittedForecaster, Resumable } from '../models/forecaster.ts';
import { inTurn } from '../models/resumable/in-sequence.ts';
import type { Trial } from './compare.ts';
import type { EnsembleFitTask } from './ensemble-fit-task.ts';
import { fitMember } from './fit-member.ts';
import { ofMember } from './of-member.ts';

/**
 * Fits each member on train and validation with its hyperparameters of the best trial.
 *
 * @returns in the order of the members
 * @throws from `step` what a member's fit throws, naming the member
 */
export function refit(
  task: EnsembleFitTask,
  { entries }: Trial,
  checkpoint?: Json,
): Resumable<readonly FittedForecaster[]> {
  const { members, series } = task;
  return inTurn(
    'ensemble',
    members.length,
    (place, resumed) => {
      const member = members[place];
      const guard = <T>(work: () => T) => ofMember(member.name, work);
      return fitMember<never>(task, { member, entry: entries[place] }, series, ['refit'], guard, resumed);
    },
    {
      encode: (fitted) => fitted.toJSON(),
      decode: (json, place) => members[place].forecaster.restore(json),
    },
    checkpoint,
  );
}
