import { Worker } from 'node:worker_threads';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import type { EvaluatedWindow } from '../../shared/report/evaluate-window.ts';
import { onThreads } from '../on-threads.ts';
import type { EvaluateAnswer, EvaluateTask } from './evaluate-task.ts';

/**
 * Evaluates windows on worker threads.
 *
 * @param onDone told how many are done, after each
 * @param write gets the lines of the forecasts that the tasks want, in the order of the tasks, as soon as that can
 *   be: a whole evaluation's would fill the memory
 * @returns in the order of the tasks
 * @throws InvalidInputError the first failure of a window, by its code, with symbol and window; the others are then given up
 */
export async function runTasks(
  tasks: readonly EvaluateTask[],
  threads: number,
  onDone: (done: number) => void,
  write: (forecastLines: string) => void,
): Promise<EvaluatedWindow[]> {
  let done = 0;
  const early = new Map<number, string>();
  let next = 0;
  return await onThreads(
    tasks,
    [...tasks.keys()],
    threads,
    () => new Worker(new URL('evaluate-thread.mjs', import.meta.url)),
    (answer: EvaluateAnswer, place) => {
      if ('failure' in answer) throw new InvalidInputError(answer.failure.code, answer.failure.message);
      early.set(place, answer.forecastLines);
      for (; early.has(next); next++) {
        write(early.get(next)!);
        early.delete(next);
      }
      onDone(++done);
      return answer.evaluated;
    },
  );
}
