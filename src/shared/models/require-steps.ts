import { InvalidInputError } from '../errors/invalid-input-error.ts';

/** The longest forecast, in bars. */
export const MAXIMUM_STEPS = 20;

/** @throws InvalidInputError `invalid_steps` unless `steps` is a whole number from 1 to 20 */
export function requireSteps(steps: number): void {
  if (Number.isInteger(steps) && steps >= 1 && steps <= MAXIMUM_STEPS) return;
  throw new InvalidInputError(
    'invalid_steps',
    `A forecast is 1 to ${MAXIMUM_STEPS} whole bars long, not ${steps}`,
    {
      steps,
    },
  );
}

/**
 * Refuses a range of bars that no forecasts can begin with.
 *
 * @throws InvalidInputError `invalid_range` unless 0 <= from <= to <= bars
 */
export function requireRange(from: number, to: number, bars: number): void {
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= bars) return;
  throw new InvalidInputError('invalid_range', `Bars ${from} to ${to} are not a range of ${bars} bars`, {
    from,
    to,
    bars,
  });
}
