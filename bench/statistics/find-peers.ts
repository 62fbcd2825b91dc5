import { fileURLToPath } from 'node:url';
import type { PeerStatus } from '../harness/bench-result.ts';
import { findOnPath } from '../harness/find-on-path.ts';
import { TimingWorker, type WorkerGreeting } from '../harness/timing-worker.ts';

/** A peer's process that is ready to time cases. */
export interface ReadyWorker {
  readonly worker: TimingWorker;
  readonly greeting: WorkerGreeting;
}

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
    if (!workers.has(command)) workers.set(command, await startFirst(command, script, returnsFile));
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

/** The first that answers with cases; else why there is none. */
async function startFirst(
  command: string,
  script: string,
  returnsFile: string,
): Promise<ReadyWorker | string> {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
  const candidates = findOnPath(command);
  for (const candidate of candidates) {
    const worker = new TimingWorker(command, candidate, [path, returnsFile]);
    const greeting = await worker.greeting().catch(() => null);
    if (greeting !== null && greeting.cases.length > 0) return { worker, greeting };
    worker.end();
  }
  return candidates.length === 0 ? `no ${command} on the PATH` : `${command} does not find it`;
}

/** R's own packages have R's version. */
function versionOf(peer: string, { version }: WorkerGreeting): string {
  const parts = version.split(', ');
  return parts.find((part) => part.startsWith(`${peer} `))?.slice(peer.length + 1) ?? parts[0];
}
