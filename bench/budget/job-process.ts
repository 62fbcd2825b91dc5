// One fresh process that works a job off: the worker's own bundle, request by request, each with its own claim, reading and checkpoint.
// Arguments: the bundle's path, and a file with the job. The function's log comes first on standard output, then one line of JSON.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { calibrate } from '../harness/calibrate.ts';
import { peakMemory } from './peak-memory.ts';
import { type BenchJob, StandInDatabase } from './stand-in-database.ts';

/** What `job-process.ts` writes. */
export interface WorkedJob {
  /** CPU seconds, user and system, all threads, of each request. */
  readonly steps: readonly number[];
  /** Wall-clock seconds of each. */
  readonly wall: readonly number[];
  readonly peak_mb: number;
  /** Bytes of the largest checkpoint. */
  readonly checkpoint: number;
  /** How fast the process computed, see {@link calibrate}. */
  readonly calibration_ns: number;
}

const [, , bundle, file] = process.argv;
const job = JSON.parse(readFileSync(file, 'utf8')) as BenchJob;
const database = new StandInDatabase(job);
globalThis.fetch = (input, init) => database.answer(new Request(input, init));
const key = Object.values(JSON.parse(process.env.SUPABASE_SECRET_KEYS!) as Record<string, string>)[0];
const headers = { ...job.headers, apikey: key };
const worker = (await import(pathToFileURL(bundle).href)).default as {
  fetch(request: Request): Promise<Response>;
};

const steps: number[] = [];
const wall: number[] = [];
let outcome = '';
let peak = 0;
while (outcome !== 'succeeded') {
  database.prepare();
  // An isolate of its own for each request.
  (globalThis as { EdgeRuntime?: object }).EdgeRuntime = { waitUntil() {} };
  const began = performance.now();
  const before = process.cpuUsage();
  const request = new Request('http://127.0.0.1/', { method: 'POST', headers });
  const response = await worker.fetch(request);
  const answer = (await response.json()) as { readonly outcome?: string };
  const { user, system } = process.cpuUsage(before);
  wall.push((performance.now() - began) / 1000);
  steps.push((user + system) / 1e6);
  peak = Math.max(peak, peakMemory());
  outcome = answer.outcome ?? '';
  if (outcome !== 'succeeded' && outcome !== 'stepped') {
    throw new Error(`The worker answered ${response.status}: ${JSON.stringify(answer)}`);
  }
}
const worked: WorkedJob = {
  steps,
  wall,
  peak_mb: peak,
  checkpoint: database.largestCheckpoint,
  calibration_ns: calibrate(),
};
process.stdout.write(`\n${JSON.stringify(worked)}\n`);
