import { Worker } from 'node:worker_threads';
import { judgeSymbol, type SymbolJudgements, type ZooTask } from './judge-symbol.ts';
import type { ZooMessage } from './zoo-worker.ts';

/**
 * Judges symbols on worker threads, the longest first, so that no thread is left with a long one at the end. One thread is this one.
 *
 * @param onWindow called after each window of any symbol
 * @returns in the order of the tasks
 * @throws Error naming the first symbol that failed; the others are then given up
 */
export async function runZoo(
  tasks: readonly ZooTask[],
  threads: number,
  onWindow: () => void,
): Promise<SymbolJudgements[]> {
  if (threads === 1) return tasks.map((task) => judgeSymbol(task, onWindow));
  const judged = new Array<SymbolJudgements>(tasks.length);
  const waiting = tasks.map((_, i) => i).sort((a, b) => bars(tasks[a]) - bars(tasks[b]));
  const workers = Array.from(
    { length: Math.min(threads, tasks.length) },
    () => new Worker(new URL('zoo-thread.mjs', import.meta.url)),
  );
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (let task = waiting.pop(); task !== undefined; task = waiting.pop()) {
          judged[task] = await ask(worker, tasks[task], onWindow);
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return judged;
}

function bars({ series }: ZooTask): number {
  return series.times.length;
}

function ask(worker: Worker, task: ZooTask, onWindow: () => void): Promise<SymbolJudgements> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.on('message', (message: ZooMessage) => {
      if ('window' in message) onWindow();
      else if ('failure' in message) reject(new Error(message.failure));
      else resolve(message.judgements);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`A worker thread ended with ${code}.`)));
    worker.postMessage(task);
  });
}
