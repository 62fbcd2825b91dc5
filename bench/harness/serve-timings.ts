// The side of a timing worker that runs in Deno and in Node; see timing-worker.ts.
import process from 'node:process';
import { createInterface } from 'node:readline';
import { calibrate } from './calibrate.ts';
import type { Timing, WorkerGreeting } from './timing-worker.ts';

/** One call of a case, timed. */
export interface Call {
  /** Wall-clock seconds. */
  readonly seconds: number;
  /** See {@link Timing}. */
  readonly found: Readonly<Record<string, number>>;
}

/** A case whose whole call is timed. @param call gives what it found */
export function timed(call: () => Readonly<Record<string, number>>): () => Call {
  return () => {
    const begin = performance.now();
    const found = call();
    return { seconds: (performance.now() - begin) / 1000, found };
  };
}

/**
 * Greets, then answers requests until standard input ends.
 *
 * @param about what the cases are made of, where the runtime's name does not say it
 */
export async function serveTimings(
  cases: Readonly<Record<string, () => Call>>,
  about?: string,
): Promise<void> {
  const runtime = 'Deno' in globalThis ? `Deno ${process.versions.deno}` : `Node ${process.versions.node}`;
  const version = about === undefined ? runtime : `${about}, ${runtime}`;
  answer({ version, cases: Object.keys(cases), calibration_ns: calibrate() });
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, minimum] = line.split(' ');
    let calls = 0;
    let seconds = 0;
    let found = {};
    do {
      const call = cases[name]();
      seconds += call.seconds;
      found = call.found;
      calls++;
    } while (seconds < Number(minimum));
    answer({ seconds: seconds / calls, calls, found });
  }
}

function answer(document: WorkerGreeting | Timing): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}
