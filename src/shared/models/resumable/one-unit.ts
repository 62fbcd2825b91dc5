import type { Resumable } from '../forecaster.ts';
import { requireDone } from './work-through.ts';

/** A computation that is too short to be cut: one unit of work. Its checkpoint holds nothing, so a part made of it needs a codec. */
export function oneUnit<Result>(compute: () => Result): Resumable<Result> {
  let done: { readonly result: Result } | undefined;
  return {
    step() {
      done ??= { result: compute() };
      return true;
    },
    checkpoint: () => null,
    progress: () => (done === undefined ? 0 : 1),
    result() {
      requireDone(done !== undefined);
      return done!.result;
    },
  };
}
