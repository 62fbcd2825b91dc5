// Times our fits; runs in Deno and in Node. Arguments: a JSON array of returns in percent. See timing-worker.ts.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Timing, WorkerGreeting } from '../harness/timing-worker.ts';
import { OUR_CASES } from './our-cases.ts';

const returns = Float64Array.from(JSON.parse(readFileSync(process.argv[2], 'utf8')) as number[]);

function answer(document: WorkerGreeting | Timing): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** Nanoseconds per step, once compiled. */
function calibrate(): number {
  const steps = 20_000_000;
  let x = 0.5;
  let begin = 0;
  for (let round = 0; round < 2; round++) {
    begin = performance.now();
    for (let i = 0; i < steps; i++) x = 3.7 * x * (1 - x);
  }
  // Read, so that the loop cannot be left out.
  if (!(x > 0)) throw new Error('The logistic map stays above 0.');
  return ((performance.now() - begin) / steps) * 1e6;
}

const version = 'Deno' in globalThis ? `Deno ${process.versions.deno}` : `Node ${process.versions.node}`;
answer({ version, cases: Object.keys(OUR_CASES), calibration_ns: calibrate() });
for await (const line of createInterface({ input: process.stdin })) {
  const [name, minimum] = line.split(' ');
  let calls = 0;
  let elapsed = 0;
  let log_likelihood = 0;
  const begin = performance.now();
  do {
    log_likelihood = OUR_CASES[name](returns);
    calls++;
    elapsed = (performance.now() - begin) / 1000;
  } while (elapsed < Number(minimum));
  answer({ seconds: elapsed / calls, calls, log_likelihood });
}
