import type postgres from 'postgres';

/** What is there before any work. */
const GIVEN = [
  ...['settings', 'symbols', 'bars', 'bar_series', 'ensembles', 'calendar_exceptions', 'schedule_slots'],
  ...['schedule_ticks', 'job_kinds', 'configurations', 'quantile_levels'],
  ...['rollouts', 'rollout_symbols', 'rollout_events', 'rollout_evaluations', 'monitoring_queries'],
  ...['calendars', 'calendar_changes'],
];
/** What queue and schedule keep of work under way: it may differ. */
const BOOKS = [
  ...['runs', 'jobs', 'job_checkpoints', 'job_retries', 'worker_requests', 'slot_runs', 'cron_ticks'],
  ...['planning_rounds', 'errors', 'error_alerts', 'alert_deliveries', 'query_timings'],
];

/** Columns that say when, or under which number, and not what. */
const NOT_BITS = [
  ...['created_at', 'updated_at', 'issued_at', 'trained_at', 'scored_at', 'saved_at', 'started_at'],
  ...['finished_at', 'opened_at', 'resolved_at', 'validation_date', 'bars_stored_at', 'ingested_at'],
];

/** The tables that jobs write their results to, from the catalogue: a new one is compared without a change here. */
function resultTables(sql: postgres.Sql): Promise<string[]> {
  return tablesBut(sql, [...GIVEN, ...BOOKS]);
}

async function tablesBut(sql: postgres.Sql, left: readonly string[]): Promise<string[]> {
  const tables = await sql`
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> all (${[...left]}) order by 1`;
  return tables.map(({ relname }) => relname);
}

/**
 * Every row of every result table as text, sorted, without numbers that are given out and times of the clock: two runs that did
 * the same have the same. Floats are written so that no bit is lost.
 */
export async function resultBits(sql: postgres.Sql): Promise<Record<string, string[]>> {
  const bits: Record<string, string[]> = {};
  for (const table of await resultTables(sql)) {
    const columns = await sql`
      select a.attname as name from pg_attribute a
      where a.attrelid = ${`public.${table}`}::regclass and a.attnum > 0 and not a.attisdropped
        and a.attidentity = '' and a.atttypid <> 'uuid'::regtype and a.attname <> all (${NOT_BITS})
        -- Numbers of rows that were given out anew.
        and not exists (
          select from pg_constraint c
          where c.conrelid = a.attrelid and c.contype = 'f' and a.attnum = any (c.conkey)
            and c.confrelid <> 'public.symbols'::regclass)
      order by a.attnum`;
    const list = columns.map(({ name }) => `t.${name}`).join(', ');
    const rows = await sql.unsafe(
      `select jsonb_build_array(${list})::text as row from public.${table} t order by 1`,
    );
    bits[table] = rows.map(({ row }) => row);
  }
  return bits;
}

/** Takes back what was worked out, the bar that came last, and the record of {@link watchQueue}. */
export async function clearResults(sql: postgres.Sql, bars: number): Promise<void> {
  const tables = await tablesBut(sql, GIVEN);
  await sql.unsafe(`truncate ${tables.map((name) => `public.${name}`).join(', ')}`);
  await sql`
    delete from public.bars b
    where b.bar_time > (
      select o.bar_time from public.bars o where o.symbol_id = b.symbol_id order by o.bar_time offset ${bars - 1} limit 1)`;
  await sql`truncate faults.claims, faults.writes`;
}

/** Records every claim of a job with what became of it, and every row that is written to a result table. */
export async function watchQueue(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create schema faults;
    create table faults.claims (
      id bigint generated always as identity, job_id bigint not null, lease_token uuid not null, ended text);
    create table faults.writes (table_name text not null);
    create function faults.note_claim() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      if old.lease_token is not null and new.lease_token is distinct from old.lease_token then
        update faults.claims set ended = case
          when new.status = 'running' or new.error_code in ('lease_expired', 'worker_ended') then 'expired'
          when new.steps > old.steps then 'stepped' else new.status end
        where lease_token = old.lease_token;
      end if;
      if new.lease_token is not null and new.lease_token is distinct from old.lease_token then
        insert into faults.claims (job_id, lease_token) values (new.id, new.lease_token);
      end if;
      return null;
    end $$;
    create trigger note_claim after update on public.jobs for each row execute function faults.note_claim();
    create function faults.note_write() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      insert into faults.writes values (tg_table_name);
      return null;
    end $$;`);
  for (const table of await resultTables(sql)) {
    await sql.unsafe(`
      create trigger note_write after insert or update on public.${table}
      for each row execute function faults.note_write()`);
  }
}

/** How often a row was written to each result table: more often than in an undisturbed run means that something was done twice. */
export async function writes(sql: postgres.Sql): Promise<Record<string, number>> {
  const rows = await sql`select table_name, count(*)::integer as n from faults.writes group by 1 order by 1`;
  return Object.fromEntries(rows.map(({ table_name, n }) => [table_name, n]));
}

/** How many claims ended in each way: `stepped`, `succeeded`, `expired`, ... */
export async function claimEnds(sql: postgres.Sql): Promise<Record<string, number>> {
  const rows = await sql`
    select coalesce(ended, 'open') as ended, count(*)::integer as n from faults.claims group by 1 order by 1`;
  return Object.fromEntries(rows.map(({ ended, n }) => [ended, n]));
}

/** Runs and jobs as they stand, without their numbers. */
export async function workBits(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql`
    select concat_ws(' ', r.kind, r.params, r.status, r.jobs_done, r.jobs_total, j.kind, j.payload - 'settings_id', j.status, j.error_code) as row
    from public.runs r left join public.jobs j on j.run_id = r.id order by 1`;
  return rows.map(({ row }) => row);
}
