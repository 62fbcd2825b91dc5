import { Worker } from 'node:worker_threads';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import type { EvaluatedWindow } from '../../shared/report/evaluate-window.ts';
import type { EvaluateAnswer, EvaluateTask } from './evaluate-task.ts';

/**
 * Evaluates windows on worker threads, which take the next one as they become free.
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
  const evaluated = new Array<EvaluatedWindow>(tasks.length);
  let next = 0;
  let done = 0;
  const workers = Array.from(
    { length: Math.min(threads, tasks.length) },
    () => new Worker(new URL('evaluate-thread.mjs', import.meta.url)),
  );
  try {
    await Promise.all(
      workers.map(async (worker) => {
        while (next < tasks.length) {
          const task = next++;
          const answer = await ask(worker, tasks[task]);
          if ('failure' in answer) throw new InvalidInputError(answer.failure.code, answer.failure.message);
          evaluated[task] = answer.evaluated;
          onDone(++done);
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return evaluated;
}

function ask(worker: Worker, task: EvaluateTask): Promise<EvaluateAnswer> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`A worker thread ended with ${code}.`)));
    worker.postMessage(task);
  });
}
