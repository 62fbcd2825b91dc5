// A worker thread of the overfitting bench: one symbol after the other.
import { parentPort } from 'node:worker_threads';
import { judgeSymbol, type SymbolJudgements, type ZooTask } from './judge-symbol.ts';

/** What a thread says: a window is done, or the symbol is. */
export type ZooMessage =
  | { readonly window: true }
  | { readonly judgements: SymbolJudgements }
  | { readonly failure: string };

parentPort!.on('message', (task: ZooTask) => {
  const say = (message: ZooMessage) => parentPort!.postMessage(message);
  try {
    say({ judgements: judgeSymbol(task, () => say({ window: true })) });
  } catch (error) {
    say({ failure: `${task.series.symbol}: ${error instanceof Error ? error.message : String(error)}` });
  }
});
