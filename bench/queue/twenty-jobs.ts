import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleBarFile } from '../../src/cli/bar-files.ts';
import { PROJECT_DIRECTORY } from '../../src/cli/data-directory.ts';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { type Stack, startStack } from '../../src/local/stack.ts';

const JOBS = 20;
/** Of each symbol: what a forecast fits, and a window. */
const BARS = { forecast: 1_300, validation: 1_500 };
/** Bars from the beginning of one symbol's series to that of the next. */
const APART = 100;

/** What became of the jobs. */
export interface TwentyJobs {
  /** From planning to the last job's end. */
  readonly seconds: number;
  readonly steps: number;
  /** Requests that pg_net sent. */
  readonly requests: number;
}

/**
 * Has twenty forecasts of the default ensemble made on a stack of its own, or twenty windows validated, two workers at a time, with the
 * pauses of the real pg_net.
 *
 * @throws Error when a job ends dead
 */
export async function twentyJobs(kind: 'forecast' | 'validation' = 'forecast'): Promise<TwentyJobs> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plumbline-queue-bench-'));
  const stack = await startStack({
    projectDirectory: PROJECT_DIRECTORY,
    dataDirectory,
    port: 0,
    functionInstances: { 'forecast-worker': 2 },
    log: () => {},
  });
  try {
    await stack.sql`update public.symbols set active = false`;
    await stack.sql`select cron.unschedule(jobname) from cron.job`;
    await stack.sql`select public.change_setting('max_workers', '0')`;
    for (let k = 0; k < JOBS; k++) await uploadBars(stack, k, BARS[kind]);
    await stack.sql`select public.plan_work(1)`;
    // What is measured is the way through the queue: one kind alone.
    await stack.sql`delete from public.runs where kind <> ${kind}`;
    await stack.sql`delete from public.worker_requests`;
    await stack.sql`select public.change_setting('max_workers', '2')`;
    return await drain(stack);
  } finally {
    await stack.stop();
    removeDataDirectory(openDataDirectory(dataDirectory));
  }
}

async function uploadBars(stack: Stack, k: number, bars: number): Promise<void> {
  const [header, ...lines] = readFileSync(sampleBarFile().path, 'utf8').split('\n');
  const response = await fetch(`${stack.url}/functions/v1/ingest-bars?symbol=BENCH${k}`, {
    method: 'POST',
    body: [header, ...lines.slice(APART * k, APART * k + bars)].join('\n'),
    headers: { 'content-type': 'text/csv', apikey: stack.secretKeys.default },
  });
  if (!response.ok)
    throw new Error(`The upload was answered with ${response.status} ${await response.text()}`);
}

async function drain({ sql }: Stack): Promise<TwentyJobs> {
  const began = performance.now();
  await sql`select public.dispatch_workers()`;
  for (let seconds = 0; ; ) {
    await sleep(100);
    const [jobs] = await sql`
      select count(*)::integer as planned, count(*) filter (where status = 'dead')::integer as dead,
        count(*) filter (where status in ('queued', 'running'))::integer as open, sum(steps)::integer as steps from public.jobs`;
    seconds = (performance.now() - began) / 1_000;
    if (jobs.dead > 0) throw new Error('A forecast ended dead: see its job');
    if (jobs.open > 0) continue;
    const [{ requests }] = await sql`select count(*)::integer as requests from public.worker_requests`;
    // The last step of a job is its result, and not counted as stored.
    return { seconds, steps: jobs.steps + jobs.planned, requests };
  }
}
