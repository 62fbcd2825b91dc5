import { fileURLToPath } from 'node:url';
import type { PeerStatus } from '../harness/bench-result.ts';
import { type ReadyWorker, startFirst } from '../harness/start-first.ts';
import type { WorkerGreeting } from '../harness/timing-worker.ts';

export interface FoundPeers {
  readonly workers: readonly ReadyWorker[];
  readonly statuses: readonly PeerStatus[];
}

/** The packages that are compared with, the prefixes of their cases' names, and the command that runs each. */
const PACKAGES = [
  { peer: 'statsmodels', command: 'python3', script: 'peer.py' },
  { peer: 'arch', command: 'python3', script: 'peer.py' },
  { peer: 'stats', command: 'Rscript', script: 'peer.R' },
  { peer: 'fGarch', command: 'Rscript', script: 'peer.R' },
  { peer: 'forecast', command: 'Rscript', script: 'peer.R' },
] as const;

/** Starts the peers that this machine has: of several interpreters on the PATH the first with any of the packages. */
export async function findPeers(returnsFile: string): Promise<FoundPeers> {
  const workers = new Map<string, ReadyWorker | string>();
  const statuses: PeerStatus[] = [];
  for (const { peer, command, script } of PACKAGES) {
    if (!workers.has(command)) {
      const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
      workers.set(command, await startFirst(command, command, [path, returnsFile]));
    }
    const ready = workers.get(command)!;
    if (typeof ready === 'string') {
      statuses.push({ peer, version: null, skipped: ready });
    } else if (ready.greeting.cases.some((name) => name.startsWith(`${peer}:`))) {
      statuses.push({ peer, version: versionOf(peer, ready.greeting), skipped: null });
    } else {
      statuses.push({ peer, version: null, skipped: `${command} does not find it` });
    }
  }
  return {
    workers: [...workers.values()].filter((ready) => typeof ready !== 'string'),
    statuses,
  };
}

/** R's own packages have R's version. */
function versionOf(peer: string, { version }: WorkerGreeting): string {
  const parts = version.split(', ');
  return parts.find((part) => part.startsWith(`${peer} `))?.slice(peer.length + 1) ?? parts[0];
}
