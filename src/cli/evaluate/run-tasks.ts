import { Worker } from 'node:worker_threads';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import type { EvaluatedWindow } from '../../shared/report/evaluate-window.ts';
import { onThreads } from '../on-threads.ts';
import type { EvaluateAnswer, EvaluateTask } from './evaluate-task.ts';

/**
 * Evaluates windows on worker threads.
 *
 * @param onDone told how many are done, after each
 * @returns in the order of the tasks
 * @throws InvalidInputError the first failure of a window, by its code, with symbol and window; the others are then given up
 */
export async function runTasks(
  tasks: readonly EvaluateTask[],
  threads: number,
  onDone: (done: number) => void,
): Promise<EvaluatedWindow[]> {
  let done = 0;
  return await onThreads(
    tasks,
    [...tasks.keys()],
    threads,
    () => new Worker(new URL('evaluate-thread.mjs', import.meta.url)),
    (answer: EvaluateAnswer) => {
      if ('failure' in answer) throw new InvalidInputError(answer.failure.code, answer.failure.message);
      onDone(++done);
      return answer.evaluated;
    },
  );
}
