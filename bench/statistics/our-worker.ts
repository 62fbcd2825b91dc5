// Times our fits; runs in Deno and in Node. Arguments: a JSON array of returns in percent. See timing-worker.ts.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { type Call, serveTimings, timed } from '../harness/serve-timings.ts';
import { OUR_CASES } from './our-cases.ts';

const returns = Float64Array.from(JSON.parse(readFileSync(process.argv[2], 'utf8')) as number[]);
const cases: Record<string, () => Call> = {};
for (const [name, ourCase] of Object.entries(OUR_CASES)) {
  cases[name] = timed(() => ({ 'log-likelihood': ourCase(returns) }));
}
await serveTimings(cases);
