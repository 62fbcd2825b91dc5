import postgres, { type Sql } from 'postgres';
import { MovedClock } from '../../src/cli/rehearse/moved-clock.ts';
import { goodCandidate, legacyBaseline } from '../../src/cli/rehearse/rehearsal-configurations.ts';
import { matches } from '../../src/local/cron-runner.ts';
import { CODE_VERSION } from '../../src/shared/version.ts';
import { type Call, rpcCalls, snippetCalls, viewCalls } from './calls.ts';
import { Pieces } from './pieces.ts';
import { workJobsOff } from './simulated-worker.ts';
import type { Timings } from './timings.ts';
import type { YearDatabase } from './year-database.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** Local times, between the slots' own, at which what is due every few minutes is performed too; the other ticks find nothing new. */
const BETWEEN = [
  '07:47',
  '08:02',
  '12:02',
  '14:17',
  '14:19',
  '14:24',
  '17:02',
  '17:04',
  '17:09',
  '18:02',
  '20:49',
  '20:54',
  '21:02',
];
const ON_A_QUIET_DAY = ['12:02', '12:04', '12:09'];
const WORKERS = 2;
/** How often a month's end reads each view, snippet and rpc, unless that takes longer than {@link READING}. */
const READS = 20;
const READING = 5_000;
/** Milliseconds. */
const READ_LIMIT = 60_000;
const QUERY_CANCELED = '57014';

/** Bytes and rows of a table at the end of a month. */
export interface TableSize {
  readonly month: number;
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * A project whose clock is moved from one instant of its schedule to the next: what cron would call is called, what is asked for is worked off with
 * drawn results, and what all of it took is recorded.
 */
export class Simulation {
  readonly #timings: Timings;
  readonly #sql: Sql;
  readonly #admin: Sql;
  readonly #workers: readonly Sql[];
  readonly #sizes: TableSize[] = [];
  readonly #pieces = new Pieces();
  #ticked: Date | null = null;
  readonly #faults: string[] = [];

  constructor(database: YearDatabase, timings: Timings) {
    const connect = (url: string) => postgres(url, { max: 1, onnotice: () => {} });
    this.#timings = timings;
    this.#sql = connect(database.url);
    this.#admin = connect(database.superuserUrl);
    this.#workers = Array.from({ length: WORKERS }, () => connect(database.url));
  }

  get sizes(): readonly TableSize[] {
    return this.#sizes;
  }

  /** Ticks that came while the one before ran, ticks and slots that failed or were missed, and deadlocks. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  async end(): Promise<void> {
    for (const sql of [this.#sql, this.#admin, ...this.#workers]) await sql.end({ timeout: 5 });
  }

  /** One day of New York: what is due at each instant of its schedule, and what is asked for by then. */
  async playDay(date: string): Promise<void> {
    await this.#measureOnMondaysOnly(date);
    const instants = await this.#instants(date);
    for (const [i, at] of instants.entries()) {
      const next = instants[i + 1]?.getTime() ?? Number.POSITIVE_INFINITY;
      // What stopped for the time it took goes on in the minutes that follow.
      for (let minute = at.getTime(), left = true; left && minute < next; minute += MINUTE)
        left = await this.#playMinute(new Date(minute));
    }
    await this.#forgetAnswers();
  }

  /** Begins a rollout of the ensembles that are there, or takes the running one to its next stage. */
  async deploy(): Promise<void> {
    const [candidate, baseline] = [goodCandidate(), legacyBaseline()];
    const sql = this.#sql;
    const canary = await sql<
      { symbol: string }[]
    >`select s.symbol from public.symbols s where s.active order by s.id limit 3`;
    await sql`
      select public.start_rollout('simulated', ${sql.json(candidate.configuration as never)}, ${candidate.hash},
        ${sql.json(baseline.configuration as never)}, ${baseline.hash}, ${canary.map(({ symbol }) => symbol)}, ${CODE_VERSION}, null,
        '{"passed": 1, "failed": 0}', '{}')`;
  }

  /** Takes the rollout that runs to its next stage; returns how it stands then. */
  async promote(): Promise<string> {
    const [row] = await this.#sql<
      { to: string }[]
    >`select public.promote_rollout('simulated', 'its days are over', true) ->> 'to' as to`;
    return row.to;
  }

  /** Reads everything that apps, functions and operators read, and sizes the tables. */
  async readAll(symbols: readonly string[], horizons: readonly string[]): Promise<void> {
    const calls = [
      ...(await viewCalls(this.#sql)),
      ...snippetCalls(),
      ...symbols.flatMap((symbol) => horizons.flatMap((horizon) => rpcCalls(symbol, horizon))),
    ];
    for (const call of calls) {
      const began = performance.now();
      for (
        let i = 0;
        i < (call.kind === 'rpc' ? READS / 4 : READS) && performance.now() - began < READING;
        i++
      )
        await this.#read(call);
    }
    this.#sizes.push(
      ...(await this.#sql<TableSize[]>`
        select ${this.#timings.month}::integer as month, c.relname as table, greatest(c.reltuples, 0)::float8 as rows,
          pg_total_relation_size(c.oid)::float8 as bytes
        from pg_class c where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'cron'::regnamespace)`),
    );
  }

  /**
   * Changes nothing. What takes longer than {@link READ_LIMIT} is broken off, and counts with the time that it had. Answers arrive whole,
   * and stay unparsed: making objects of them is the client's work.
   */
  async #read({ kind, name, statement }: Call): Promise<void> {
    await this.#sql`begin`;
    await this.#sql.unsafe(`set local statement_timeout = ${READ_LIMIT}`);
    const began = performance.now();
    try {
      await this.#sql.unsafe(statement).raw();
    } catch (error) {
      if ((error as { code?: string }).code !== QUERY_CANCELED) throw error;
    }
    this.#timings.record(kind, name, performance.now() - began);
    await this.#sql`rollback`;
  }

  /** Whether something of what was due then is unfinished. */
  async #playMinute(at: Date): Promise<boolean> {
    await this.#setClock(at);
    await this.#sql`select simulated.tick_quietly(${this.#ticked ?? new Date(at.getTime() - MINUTE)}, ${at})`;
    this.#ticked = at;
    await this.#runCron(at);
    // Before new bars are stored, whose scores nobody was asked for yet.
    const left = await this.#unfinished();
    this.#pieces.end(left, this.#timings);
    await this.#work();
    return left.length > 0;
  }

  /** What goes on with a later tick, by the name of the job of the schedule that began it. */
  async #unfinished(): Promise<string[]> {
    const rows = await this.#sql<{ name: string }[]>`
      select replace(r.slot, '_', '-') as name from public.slot_runs r
      where r.status = 'unfinished' and r.due_at > now() - interval '1 day'
      union
      select 'plan' from public.planning_rounds r where r.task in ('forecasts', 'validations')
      union
      select 'score' where exists (select from public.outcomes_due)`;
    return rows.map(({ name }) => name);
  }

  /** Measuring takes seconds whatever there is: once a week is enough. A paused slot is skipped on the record. */
  async #measureOnMondaysOnly(date: string): Promise<void> {
    if (new Date(`${date}T00:00:00Z`).getUTCDay() === 1) {
      await this
        .#sql`update public.schedule_slots set local_times = '{07:40}' where slot = 'measure_health' and local_times <> '{07:40}'`;
      await this.#sql`select public.resume_slot('measure_health')`;
    } else await this.#sql`select public.pause_slot('measure_health', 'simulated once a week')`;
  }

  /** The instants of a day at which something is due, in UTC. */
  async #instants(date: string): Promise<Date[]> {
    const rows = await this.#sql<{ at: Date }[]>`
      select t.due_at as at from internal.slot_times(${date}::date, ${date}::date) t
      where t.closed_because is null
      union
      select internal.new_york_time(${date}::date, b.local_time)
      from unnest(case when internal.is_session(${date}::date) then ${BETWEEN}::time[] else ${ON_A_QUIET_DAY}::time[] end) b(local_time)
      order by 1`;
    return rows.map(({ at }) => at);
  }

  /** Every connection of the simulation lives at this time from here on. */
  async #setClock(at: Date): Promise<void> {
    for (const sql of [this.#sql, this.#admin, ...this.#workers])
      await MovedClock.setFor(sql, new Date(at.getTime() + 1_000));
  }

  /** Runs what cron would run in that minute. */
  async #runCron(at: Date): Promise<void> {
    const jobs = await this.#sql<{ name: string; schedule: string; command: string; every: number | null }[]>`
      select substr(j.jobname, length('plumbline-') + 1) as name, j.schedule, j.command, extract(epoch from t.every)::float8 * 1000 as every
      from cron.job j left join public.schedule_ticks t on t.job = replace(substr(j.jobname, length('plumbline-') + 1), '-', '_')
      where j.jobname like 'plumbline-%' and j.active order by j.jobname`;
    for (const { name, command, every } of jobs.filter((job) => matches(job.schedule, at))) {
      const began = performance.now();
      // Its first statement sets its limit of time.
      const [, [answer]] = await this.#sql.unsafe<[unknown[], Record<string, unknown>[]]>(command);
      const took = performance.now() - began;
      const [result] = Object.values(answer);
      // A slot's tick that is meant for the other offset from UTC did nothing.
      if (result === null) continue;
      this.#timings.record('scheduled', name, took);
      this.#pieces.add(name, result, took);
      for (let ticks = 1; every !== null && ticks * every < took; ticks++)
        this.#faults.push(`${at.toISOString()} ${name}: still at it when its next tick came`);
    }
    const failed = await this.#sql<{ what: string }[]>`
      select format('%s %s: %s', t.ticked_at, t.job, t.error) as what from public.cron_ticks t
      where t.ticked_at = date_trunc('minute', now(), 'UTC') and t.error is not null
      union all
      select format('%s %s: %s', r.due_at, r.slot, r.reason) from public.slot_runs r
      where r.status in ('missed', 'failed') and r.due_at > now() - interval '2 days' and r.finished_at > now() - interval '1 minute'`;
    this.#faults.push(...failed.map(({ what }) => what));
  }

  async #work(): Promise<void> {
    const onDeadlock = (job: string) => this.#faults.push(`a deadlock while ${job} was completed`);
    await Promise.all(this.#workers.map((sql) => workJobsOff(sql, this.#timings, onDeadlock)));
    // Nobody sends the requests: they are answered at once.
    await this.#admin`
      with sent as (delete from net.http_request_queue q returning q.id)
      insert into net._http_response (id, status_code, created) select s.id, 200, now() from sent s`;
  }

  async #forgetAnswers(): Promise<void> {
    await this.#admin`delete from net._http_response r where r.created < now() - interval '6 hours'`;
  }
}

/** The dates of the days from a date on. */
export function datesFrom(first: string, days: number): string[] {
  return Array.from({ length: days }, (_, i) =>
    new Date(Date.parse(`${first}T00:00:00Z`) + i * DAY).toISOString().slice(0, 10),
  );
}
