import { Worker } from 'node:worker_threads';
import { onThreads } from '../../src/cli/on-threads.ts';
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
  const longestFirst = tasks.map((_, i) => i).sort((a, b) => bars(tasks[b]) - bars(tasks[a]));
  return await onThreads(
    tasks,
    longestFirst,
    threads,
    () => new Worker(new URL('zoo-thread.mjs', import.meta.url)),
    (message: ZooMessage) => {
      if ('failure' in message) throw new Error(message.failure);
      if ('judgements' in message) return message.judgements;
      onWindow();
      return undefined;
    },
  );
}

function bars({ series }: ZooTask): number {
  return series.times.length;
}
