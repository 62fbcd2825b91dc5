import type { Worker } from 'node:worker_threads';

/**
 * Works on tasks by worker threads, each of which takes the next one as it becomes free.
 *
 * @param order places of the tasks, the first to be taken first
 * @param start starts a thread
 * @param read given a thread's message and the place of the task it worked on; undefined: the thread is not done yet.
 *   What it throws ends all.
 * @returns in the order of the tasks
 * @throws the first failure; the other tasks are then given up
 */
export async function onThreads<Task, Message, Result>(
  tasks: readonly Task[],
  order: readonly number[],
  threads: number,
  start: () => Worker,
  read: (message: Message, place: number) => Result | undefined,
): Promise<Result[]> {
  const results = new Array<Result>(tasks.length);
  const waiting = order.values();
  const workers = Array.from({ length: Math.min(threads, tasks.length) }, start);
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const place of waiting) {
          results[place] = await ask(worker, tasks[place], (message: Message) => read(message, place));
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results;
}

function ask<Message, Result>(
  worker: Worker,
  task: unknown,
  read: (message: Message) => Result | undefined,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.on('message', (message: Message) => {
      try {
        const result = read(message);
        if (result !== undefined) resolve(result);
      } catch (error) {
        reject(error);
      }
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`A worker thread ended with ${code}`)));
    worker.postMessage(task);
  });
}
