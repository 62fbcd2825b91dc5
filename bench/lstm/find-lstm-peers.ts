import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PeerStatus } from '../harness/bench-result.ts';
import { denoCommand } from '../harness/deno-command.ts';
import { type ReadyWorker, startFirst } from '../harness/start-first.ts';
import { TimingWorker } from '../harness/timing-worker.ts';
import type { LstmPeer } from './lstm-cases.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const TENSORFLOW = path('../../tools/tensorflow/node_modules/@tensorflow/tfjs');

/** A peer that is ready, or why it is not. */
export type FoundPeer = { readonly peer: LstmPeer; readonly ready: ReadyWorker | string };

/** Starts the peers that this machine has. @param problemsFile a JSON array of training problems */
export async function findLstmPeers(problemsFile: string): Promise<FoundPeer[]> {
  return [
    { peer: 'PyTorch', ready: await startFirst('PyTorch', 'python3', [path('peers/peer.py'), problemsFile]) },
    { peer: 'tfjs-wasm', ready: await startTfjs(problemsFile) },
  ];
}

async function startTfjs(problemsFile: string): Promise<ReadyWorker | string> {
  if (!existsSync(TENSORFLOW)) return 'tools/tensorflow is not installed';
  // It looks for threads and for a graphics device.
  const { command, args } = denoCommand(path('tfjs-worker.ts'), [problemsFile], {
    permissions: ['--allow-all'],
  });
  const worker = new TimingWorker('tfjs-wasm', command, args);
  try {
    return { worker, greeting: await worker.greeting() };
  } catch (error) {
    worker.end();
    return (error as Error).message;
  }
}

/** As the report has it. */
export function statusOf({ peer, ready }: FoundPeer): PeerStatus {
  return typeof ready === 'string'
    ? { peer, version: null, skipped: ready }
    : { peer, version: ready.greeting.version, skipped: null };
}
