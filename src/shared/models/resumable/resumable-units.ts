import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import type { Resumable } from '../forecaster.ts';
import { requireDone, workThrough } from './work-through.ts';

/**
 * A computation made of units, each short, that pass a state on. It can be cut between any two units: the state is JSON
 * anyway, so that a computation cut and one run through see the same values.
 *
 * @param units in order; each gives the next unit's state
 * @param initial the state before the first unit; a state is JSON, and keeps floats as text where bits matter
 * @param finish makes the result of the last unit's state
 * @param checkpoint of the same computation, to resume from
 * @throws FitError `invalid_artifact` when `checkpoint` is none of this computation's
 */
export function resumableUnits<State, Result>(
  units: readonly ((state: State) => State)[],
  initial: State,
  finish: (state: State) => Result,
  checkpoint?: Json,
): Resumable<Result> {
  let { unit, state } =
    checkpoint === undefined ? { unit: 0, state: initial } : readCheckpoint<State>(checkpoint, units.length);
  let result: Result | undefined;
  const isDone = () => unit === units.length;
  return {
    step: (budget) =>
      workThrough(budget, isDone, () => {
        state = units[unit](state);
        unit++;
      }),
    checkpoint: () => ({ unit, state: state as Json }),
    progress: () => unit / units.length,
    result(): Result {
      requireDone(isDone());
      result ??= finish(state);
      return result;
    },
  };
}

function readCheckpoint<State>(checkpoint: Json, units: number): { unit: number; state: State } {
  const { unit, state } = (checkpoint ?? {}) as { unit?: unknown; state?: State };
  if (!Number.isInteger(unit) || (unit as number) < 0 || (unit as number) > units || state === undefined) {
    throw new FitError(
      'invalid_artifact',
      `A checkpoint of this fit holds its unit, 0 to ${units}, and a state`,
    );
  }
  return { unit: unit as number, state };
}
