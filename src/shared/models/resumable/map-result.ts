import type { Resumable } from '../forecaster.ts';

/** The same computation with another result, made of its own. */
export function mapResult<From, To>(computation: Resumable<From>, make: (result: From) => To): Resumable<To> {
  return {
    step: (budget) => computation.step(budget),
    checkpoint: () => computation.checkpoint(),
    progress: () => computation.progress(),
    result: () => make(computation.result()),
  };
}
