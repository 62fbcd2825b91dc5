import { setTimeout as sleep } from 'node:timers/promises';
import { sampleBarFile } from '../../src/cli/bar-files.ts';
import { uploadBars } from '../../src/cli/upload-bars.ts';
import { type Stack, startStack } from '../../src/local/stack.ts';
import { debianPostgres } from './debian.ts';
import { StepFailure } from './steps.ts';

/** The named jobs, all of them. */
const JOBS = [
  'plumbline-alerts',
  'plumbline-canary-report',
  'plumbline-check-divergence',
  'plumbline-continue',
  'plumbline-dispatch',
  'plumbline-evaluate-rollout',
  'plumbline-forecast',
  'plumbline-ingest',
  'plumbline-measure-health',
  'plumbline-outcomes',
  'plumbline-plan',
  'plumbline-purge',
  'plumbline-reconcile',
  'plumbline-retention',
  'plumbline-score',
  'plumbline-validate',
];
/** From the bars' arrival on: a tick of cron is at most a minute away, a fit takes half a minute on a slow machine. */
const PATIENCE = 240_000;
const POLL_INTERVAL = 1_000;
/** A job of this test's own, due at one minute of the day in UTC and at no other. */
const CLOCK_JOB = 'platform-test-clock';

export interface ScheduledRunOptions {
  readonly projectDirectory: string;
  /** Of the cluster that the migrations were pushed to, which is stopped. */
  readonly dataDirectory: string;
  /** Aborted when the person has asked for the end. */
  readonly signal: AbortSignal;
}

/**
 * Starts the stack of `npm start` on the cluster, with its functions and without the stand-in for cron, sends it bars, and waits for
 * the forecast that the real pg_cron has planned and dispatched by its own tick.
 *
 * @returns what came of it, in a few words
 * @throws {StepFailure} saying what is missing
 */
export async function runBySchedule(options: ScheduledRunOptions): Promise<string> {
  const lines: string[] = [];
  const stack = await startStack({
    ...options,
    port: 0,
    postgres: debianPostgres,
    fsync: false,
    functionInstances: { 'forecast-worker': 2 },
    log: (line) => lines.push(line),
  });
  try {
    const applied = lines.filter((line) => line.startsWith('migrations: applied'));
    if (applied.length > 0) throw new StepFailure(`the push had left these out:\n${applied.join('\n')}`);
    await requireJobs(stack);
    const before = await lastRun(stack);
    const clock = await scheduleClock(stack);
    // Every minute, where the schedule says every quarter of an hour; by the job's own command.
    await stack.sql`
      select cron.schedule(jobname, '* * * * *', command) from cron.job where jobname = 'plumbline-plan'
    `;
    const began = performance.now();
    const { symbol } = await uploadBars(stack, sampleBarFile());
    const forecast = await waitForForecast(stack, symbol, options.signal);
    const seconds = Math.round((performance.now() - began) / 1000);
    await waitForClock(stack, clock, options.signal);
    const ticks = await requireTicks(stack, before);
    return `${symbol} from ${forecast.cutoff} ${seconds} s after its bars came, ${ticks} runs of pg_cron`;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    throw new StepFailure([error.message, 'The stack said last:', ...lines.slice(-30)].join('\n'));
  } finally {
    await stack.stop();
  }
}

async function requireJobs({ sql }: Stack): Promise<void> {
  const [version] = await sql<{ version: string }[]>`
    select extversion as version from pg_extension where extname = 'pg_cron'
  `;
  // The stand-in calls itself 1.6.
  if (version?.version !== '1.4-1')
    throw new StepFailure(`pg_cron is ${version?.version}, not Debian's 1.4-1`);
  const jobs = await sql<{ jobname: string; active: boolean; username: string }[]>`
    select jobname, active, username from cron.job order by jobname
  `;
  const there = jobs.filter((job) => job.active && job.username === 'postgres').map((job) => job.jobname);
  const missing = JOBS.filter((name) => !there.includes(name));
  const further = there.filter((name) => !JOBS.includes(name));
  if (missing.length + further.length > 0) {
    throw new StepFailure(
      `cron.job: missing or not active as postgres: ${missing.join(', ') || 'none'}; ` +
        `not among the jobs of test/platform/scheduled-run.ts: ${further.join(', ') || 'none'}`,
    );
  }
}

/** Schedules a job for one minute of the day in UTC, the next one that is not about to begin; returns it. */
async function scheduleClock({ sql }: Stack): Promise<Date> {
  const [row] = await sql<{ minute: Date }[]>`
    select date_trunc('minute', now() + interval '1 minute 10 seconds') as minute
  `;
  const { minute } = row!;
  const schedule = `${minute.getUTCMinutes()} ${minute.getUTCHours()} * * *`;
  await sql`select cron.schedule(${CLOCK_JOB}, ${schedule}, 'select 1')`;
  return minute;
}

async function waitForClock({ sql }: Stack, minute: Date, signal: AbortSignal): Promise<void> {
  const deadline = minute.getTime() + 70_000;
  for (;;) {
    const runs = await sql<{ started: Date; status: string }[]>`
      select d.start_time as started, d.status from cron.job_run_details d join cron.job j on j.jobid = d.jobid
      where j.jobname = ${CLOCK_JOB} and d.end_time is not null
    `;
    const [run] = runs;
    if (run !== undefined) {
      const late = run.started.getTime() - minute.getTime();
      if (run.status === 'succeeded' && late >= 0 && late < 60_000) return;
      throw new StepFailure(
        `the job of ${minute.toISOString()} ran at ${run.started.toISOString()}: ${run.status}`,
      );
    }
    if (Date.now() > deadline) {
      throw new StepFailure(
        `the job of ${minute.toISOString()} did not run: pg_cron's clock is not UTC, or stands`,
      );
    }
    await sleep(POLL_INTERVAL, undefined, { signal });
  }
}

async function waitForForecast(
  stack: Stack,
  symbol: string,
  signal: AbortSignal,
): Promise<{ readonly cutoff: string }> {
  const { sql } = stack;
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const [run] = await sql<{ status: string; why: string | null; cutoff: string | null }[]>`
      select r.status, format('%s: %s', r.error_code, r.error_message) as why,
        to_char(f.data_cutoff at time zone 'UTC', 'YYYY-MM-DD') as cutoff
      from public.runs r
      left join public.forecasts f on f.run_id = r.id and f.symbol = ${symbol}
      where r.kind = 'forecast' and r.requested_via = 'schedule' and r.params -> 'symbols' ? ${symbol}
      order by r.created_at
      limit 1
    `;
    if (run?.status === 'failed') throw new StepFailure(`the scheduled run failed: ${run.why}`);
    if (run?.status === 'succeeded') {
      if (run.cutoff !== null) return { cutoff: run.cutoff };
      throw new StepFailure('the scheduled run succeeded and no forecast is there');
    }
    if (Date.now() > deadline) throw new StepFailure(await whatIsMissing(stack, run?.status));
    await sleep(POLL_INTERVAL, undefined, { signal });
  }
}

/** How far the run came, from the first thing that is not there. */
async function whatIsMissing({ sql }: Stack, status: string | undefined): Promise<string> {
  const ticks = await sql`
    select j.jobname, d.status, d.start_time, d.return_message from cron.job_run_details d join cron.job j on j.jobid = d.jobid
    order by d.runid desc limit 8
  `;
  const jobs =
    await sql`select kind, status, attempts, steps, progress, error_code, error_message from public.jobs order by id`;
  const responses = await sql`
    select status_code, error_msg, created, left(content, 200) as content from net._http_response order by id desc limit 5
  `;
  const list = (rows: readonly object[]) =>
    rows.map((row) => `  ${JSON.stringify(row)}`).join('\n') || '  none';
  return [
    `no scheduled forecast within ${PATIENCE / 1000} s: ${
      status === undefined ? 'no run was planned' : `the run is ${status}`
    }`,
    `last runs of pg_cron:\n${list(ticks)}`,
    `jobs:\n${list(jobs)}`,
    `last answers to pg_net:\n${list(responses)}`,
  ].join('\n');
}

/** The last run of pg_cron so far: it may have been broken off when the cluster was stopped for the stack to start it. */
async function lastRun({ sql }: Stack): Promise<string> {
  const [row] = await sql<{ runid: string }[]>`
    select coalesce(max(runid), 0) as runid from cron.job_run_details
  `;
  return row!.runid;
}

/**
 * Every run of pg_cron after `before` went well, those that a forecast needs are among them, and the health that operators look at
 * says so too; returns how many there were.
 */
async function requireTicks({ sql }: Stack, before: string): Promise<number> {
  const runs = await sql<{ name: string; status: string; message: string; at: string }[]>`
    select j.jobname as name, d.status, d.return_message as message, d.start_time::text as at
    from cron.job_run_details d join cron.job j on j.jobid = d.jobid
    where d.end_time is not null and d.runid > ${before}
    order by d.runid
  `;
  const wrong = runs.filter(({ status }) => status !== 'succeeded');
  if (wrong.length > 0) {
    const list = wrong.map(({ name, at, status, message }) => `${name} at ${at}: ${status}, ${message}`);
    throw new StepFailure(`runs of pg_cron that did not succeed:\n${list.join('\n')}`);
  }
  for (const name of ['plumbline-plan', 'plumbline-dispatch']) {
    if (!runs.some((run) => run.name === name))
      throw new StepFailure(`cron.job_run_details has no run of ${name}`);
  }
  const foreign = runs.filter(({ at }) => !at.endsWith('+00'));
  if (foreign.length > 0) throw new StepFailure(`times that are not in UTC: ${foreign[0]!.at}`);
  const failing = await sql<{ sentence: string }[]>`
    select sentence from public.vw_run_health where check_name = 'cron' and status = 'failing'
  `;
  if (failing.length > 0) {
    throw new StepFailure(`vw_run_health: ${failing.map(({ sentence }) => sentence).join('; ')}`);
  }
  return runs.length;
}
