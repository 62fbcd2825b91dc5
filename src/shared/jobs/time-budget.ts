import type { StepBudget } from '../models/forecaster.ts';

/** A budget of time by a clock that is handed in. @param milliseconds from now */
export function timeBudget(monotonicClock: () => number, milliseconds: number): StepBudget {
  const end = monotonicClock() + milliseconds;
  return { expired: () => monotonicClock() >= end };
}
