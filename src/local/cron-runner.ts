import { Cron } from 'croner';
import postgres, { type Sql } from 'postgres';

interface Job {
  readonly jobid: string;
  readonly schedule: string;
  readonly command: string;
  readonly database: string;
  readonly username: string;
}

export interface CronRunner {
  /**
   * Starts no further job, cancels what runs, and resolves when it has ended.
   *
   * @param isLost the database is away: there is nobody to ask for a cancellation
   */
  stop(isLost?: boolean): Promise<void>;
}

export interface CronRunnerOptions {
  /** A connection of the superuser, who sees every job. */
  readonly sql: Sql;
  /** Connection URLs of the roles that jobs may run as. */
  readonly urls: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  /** The clock. Default `Date.now`. */
  readonly now?: () => number;
}

/** Hosted's recommendation, and pg_cron's behaviour with few connections: the others wait for the next minute. */
const MOST_AT_ONCE = 8;
const MINUTE = 60_000;

/**
 * The scheduler behind the pg_cron stand-in: at the start of each minute (UTC) runs the active jobs of `cron.job` whose
 * schedule matches, as their own user, one run per job at a time, and writes `cron.job_run_details`.
 *
 * A minute that passes while the machine sleeps or the stack is down is not made up for, as with pg_cron.
 */
export async function startCronRunner(options: CronRunnerOptions): Promise<CronRunner> {
  const { sql, log, now = Date.now } = options;
  const running = new Map<string, { readonly ended: Promise<void>; cancel(): void }>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  await failInterruptedRuns(sql);

  const tick = async (minute: Date) => {
    for (const job of await readJobs(sql)) {
      if (stopped) return;
      if (running.has(job.jobid) || !matches(job.schedule, minute)) continue;
      if (running.size >= MOST_AT_ONCE) {
        log(`pg_cron: job ${job.jobid} is left out this minute: ${MOST_AT_ONCE} jobs run already`);
        continue;
      }
      const run = startRun(sql, options.urls, job);
      const ended = run.ended
        .catch((error: Error) => {
          if (!stopped) log(`pg_cron: job ${job.jobid}: ${error.message}`);
        })
        .finally(() => running.delete(job.jobid));
      running.set(job.jobid, { ended, cancel: run.cancel });
    }
  };
  const scheduleNext = () => {
    if (stopped) return;
    const next = Math.floor(now() / MINUTE) * MINUTE + MINUTE;
    timer = setTimeout(() => {
      // A timer may fire a little early by this clock.
      if (now() < next) return scheduleNext();
      tick(new Date(Math.floor(now() / MINUTE) * MINUTE)).catch((error: Error) => {
        if (!stopped) log(`pg_cron: ${error.message}`);
      });
      scheduleNext();
    }, next - now());
  };
  scheduleNext();

  return {
    async stop(isLost = false) {
      stopped = true;
      clearTimeout(timer);
      if (!isLost) for (const run of running.values()) run.cancel();
      await Promise.all([...running.values()].map((run) => run.ended));
    },
  };
}

/**
 * Whether a schedule is due in the minute that starts at `minute`, in UTC.
 *
 * @param schedule five fields, or a name such as `@daily`; `$` is the last day of the month, as in pg_cron
 */
export function matches(schedule: string, minute: Date): boolean {
  const pattern = schedule.trim().replace(/(^|\s)\$(?=\s)/, '$1L');
  return new Cron(pattern, { timezone: 'UTC', paused: true, mode: 'auto' }).match(minute);
}

async function readJobs(sql: Sql): Promise<Job[]> {
  const [row] = await sql<{ installed: boolean }[]>`select to_regclass('cron.job') is not null as installed`;
  if (row?.installed !== true) return [];
  return sql<Job[]>`
    select jobid, schedule, command, database, username from cron.job where active order by jobid
  `;
}

/** What was running when the stack ended will not be finished. */
async function failInterruptedRuns(sql: Sql): Promise<void> {
  const [row] = await sql<
    { installed: boolean }[]
  >`select to_regclass('cron.job_run_details') is not null as installed`;
  if (row?.installed !== true) return;
  await sql`
    update cron.job_run_details set status = 'failed', return_message = 'server restarted', end_time = now()
    where status in ('starting', 'running')
  `;
}

function startRun(
  sql: Sql,
  urls: Readonly<Record<string, string>>,
  job: Job,
): { readonly ended: Promise<void>; cancel(): void } {
  const url = urls[job.username];
  // A connection of its own: nothing one run sets reaches another, and cancelling it touches nothing else.
  const connection =
    url === undefined
      ? null
      : postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: 'pg_cron' } });
  let query: postgres.PendingQuery<postgres.Row[]> | undefined;

  const run = async () => {
    const [details] = await sql<{ runid: string }[]>`
      insert into cron.job_run_details (jobid, database, username, command, status, start_time)
      values (${job.jobid}, ${job.database}, ${job.username}, ${job.command}, 'running', now())
      returning runid
    `;
    const runid = details!.runid;
    let status = 'succeeded';
    let message: string;
    try {
      if (connection === null) throw new Error(`Role "${job.username}" cannot log in here`);
      query = connection.unsafe(job.command);
      message = describe(await query);
    } catch (error) {
      status = 'failed';
      message = `ERROR:  ${(error as Error).message}`;
    }
    await sql`
      update cron.job_run_details set status = ${status}, return_message = ${message}, end_time = now()
      where runid = ${runid}
    `;
  };
  return {
    ended: run().finally(() => connection?.end({ timeout: 2 })),
    cancel: () => query?.cancel(),
  };
}

/** pg_cron's message: the rows of a query, or the command tag of another statement; of the last one if there are several. */
function describe(result: postgres.RowList<postgres.Row[]>): string {
  const last = (Array.isArray(result[0]) ? result.at(-1) : result) as postgres.RowList<postgres.Row[]>;
  if (last.command === 'SELECT') return last.count === 1 ? '1 row' : `${last.count} rows`;
  return `${last.command} ${last.count ?? ''}`.trim();
}
