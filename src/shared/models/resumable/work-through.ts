import type { StepBudget } from '../forecaster.ts';

/**
 * The `step` of a computation: does one unit of work after the other until none is left or the budget expires, at least one.
 *
 * @returns whether none is left
 */
export function workThrough(budget: StepBudget, isDone: () => boolean, doUnit: () => void): boolean {
  while (!isDone()) {
    doUnit();
    if (budget.expired()) break;
  }
  return isDone();
}

/** For the `result` of a computation. @throws Error before it is done */
export function requireDone(isDone: boolean): void {
  if (!isDone) throw new Error('There is no result yet: step() has not returned true');
}
