// One fresh process: imports a function's bundle until it would serve, or nothing. Arguments: the bundle's path, or none. Writes the
// CPU milliseconds, user and system, that the process has used so far, and its memory.
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { peakMemory } from './peak-memory.ts';

/** What `start-process.ts` writes. */
export interface Started {
  readonly cpu_ms: number;
  readonly peak_mb: number;
}

const [, , bundle] = process.argv;
const served = bundle === undefined ? undefined : await import(pathToFileURL(bundle).href);
const { user, system } = process.cpuUsage();
const started: Started = { cpu_ms: (user + system) / 1000, peak_mb: peakMemory() };
if (served !== undefined) {
  // It would: what needs neither key nor database is answered.
  const request = new Request('http://127.0.0.1/', { method: 'OPTIONS' });
  const { status } = (await served.default.fetch(request)) as Response;
  if (status !== 204) throw new Error(`${bundle} answers OPTIONS with ${status}, not 204`);
}
process.stdout.write(JSON.stringify(started));
