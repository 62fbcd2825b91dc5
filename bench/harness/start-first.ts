import { findOnPath } from './find-on-path.ts';
import { TimingWorker, type WorkerGreeting } from './timing-worker.ts';

/** A process that is ready to time cases. */
export interface ReadyWorker {
  readonly worker: TimingWorker;
  readonly greeting: WorkerGreeting;
}

/**
 * Runs a script with the first interpreter of a name on the PATH under which it answers with cases; else why there is none.
 *
 * @param name of the worker
 */
export async function startFirst(
  name: string,
  command: string,
  args: readonly string[],
): Promise<ReadyWorker | string> {
  const candidates = findOnPath(command);
  for (const candidate of candidates) {
    const worker = new TimingWorker(name, candidate, args);
    const greeting = await worker.greeting().catch(() => null);
    if (greeting !== null && greeting.cases.length > 0) return { worker, greeting };
    worker.end();
  }
  return candidates.length === 0 ? `no ${command} on the PATH` : `${command} does not find it`;
}

/** Nanoseconds a step of the same floating point loop in every runtime: how fast this machine was meanwhile. */
export function calibrations(workers: readonly ReadyWorker[]): Record<string, number> {
  return Object.fromEntries(
    workers.map(({ worker, greeting }) => [
      `calibration_ns_${worker.name.toLowerCase()}`,
      Number(greeting.calibration_ns.toFixed(2)),
    ]),
  );
}
