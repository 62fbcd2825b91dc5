// From the baseline, release 0.5.0, on every later version takes over what a database holds.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrationFiles } from '../../../scripts/database/landed-migrations.ts';
import { withSchemaDatabases } from '../../../scripts/database/schema-databases.ts';
import {
  compareSnapshots,
  readSchemaSnapshot,
  type SchemaSnapshot,
} from '../../../scripts/database/schema-snapshot.ts';
import { applyMigrations } from '../../../src/local/migrations.ts';
import { BASELINE_ROWS_FILE, publicTables, type Row, readRows, writeRows } from './baseline-rows.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
/** The last migration of the baseline: what comes after it is an upgrade. */
const BASELINE_END = '20261130170000_rows.sql';

const dump = JSON.parse(readFileSync(BASELINE_ROWS_FILE, 'utf8')) as Record<string, readonly Row[]>;
const directories: string[] = [];

/**
 * What the baseline took and the dump lacks: a forecast at levels of its own, runs whose hash names another configuration, and open jobs of
 * three runs for one forecast.
 */
const UNUSUAL = `
  insert into public.forecasts overriding system value
  select (jsonb_populate_record(f, '{"id": 1000, "data_cutoff": "2015-06-30Z", "quantile_levels": [0.5], "return_quantiles": [0]}')).*
  from public.forecasts f;
  insert into public.runs
  select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', 'unusual ' || c.seed,
    'configuration', jsonb_build_object('seed', c.seed)))).*
  from public.runs r, (values (8), (9)) c(seed)
  where r.kind = 'validation';
  create temporary table asked as
  select gen_random_uuid() as id, n, case n when 2 then 'schedule' else 'http' end as via from generate_series(1, 3) n;
  insert into public.runs
  select (jsonb_populate_record(r, jsonb_build_object('id', a.id, 'idempotency_key', 'asked ' || a.n, 'requested_via', a.via,
    'status', 'queued', 'jobs_done', 0, 'started_at', null, 'finished_at', null))).*
  from public.runs r cross join asked a where r.kind = 'forecast';
  insert into public.jobs overriding system value
  select (jsonb_populate_record(j, jsonb_build_object('id', 100 + a.n, 'run_id', a.id, 'idempotency_key', 'asked ' || a.n,
    'status', 'queued', 'finished_at', null, 'progress', 0, 'priority', case a.via when 'http' then 5 else 10 end, 'created_at', now() + interval '1 day',
    'payload', j.payload || jsonb_build_object('last_bar', (
      select count(*) - 1 from public.bars b join public.symbols s on s.id = b.symbol_id
      where s.symbol = j.payload ->> 'symbol' and b.timeframe = '1D'))))).*
  from public.jobs j cross join asked a where j.kind = 'forecast' and j.id < 100`;

const REFUSAL = `perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', new.name, new.value, rtrim(new.description, '.')));`;
/** What release 0.5.0 had otherwise in the baseline's files, which were changed once more after it. */
const OTHERWISE: Readonly<Record<string, (content: string) => string>> = {
  '20261130010000_configuration.sql': (content) =>
    content
      .replace(/create or replace function internal\.refuse_setting[\s\S]*?from public;\n/, '')
      .replaceAll('perform internal.refuse_setting(new);', REFUSAL),
  '20261130140000_reports.sql': (content) =>
    content.replace("'There is no report %s'", "'there is no report %s'"),
};

/** A project that has some of the migrations, and possibly one more. */
function project(files: readonly string[], more?: { file: string; content: string }): string {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-upgrade-'));
  directories.push(directory);
  const migrations = join(directory, 'supabase', 'migrations');
  mkdirSync(migrations, { recursive: true });
  const texts = 'earlier-migrations.sha256';
  copyFileSync(join(REPOSITORY, 'supabase', texts), join(directory, 'supabase', texts));
  for (const file of files)
    copyFileSync(join(REPOSITORY, 'supabase', 'migrations', file), join(migrations, file));
  if (more !== undefined) writeFileSync(join(migrations, more.file), more.content);
  return directory;
}

const CONFIGURATION =
  "jsonb_build_object('configuration', (select c.configuration from public.configurations c where c.config_hash = t.config_hash))";
/** Where the values of columns are read now, by table: SQL of row `t`. */
const MOVED: Readonly<Record<string, string>> = {
  ensembles: CONFIGURATION,
  runs: CONFIGURATION,
  jobs: CONFIGURATION,
  forecasts: `jsonb_build_object('quantile_levels', (select q.levels from public.quantile_levels q where q.id = t.quantile_levels_id))`,
};

/** What is the project's own, and as its latest migration has it. */
const isWrittenAnew = (table: string, row: Row) =>
  table === 'schedule_ticks' || (table === 'settings' && row.name === 'retention_days');
/** Columns that are the product's and not the installation's: a migration may say them anew. */
const SHIPPED: Readonly<Record<string, readonly string[]>> = {
  settings: ['description', 'updated_at'],
  monitoring_queries: ['query'],
};

/** The rows that are not there any more with all their values, by table. */
async function lostRows(sql: Sql): Promise<Record<string, Row[]>> {
  const lost: Record<string, Row[]> = {};
  for (const [table, rows] of Object.entries(dump)) {
    const found = await readRows(sql, table, MOVED[table]);
    const kept = (row: Row) =>
      found.some((other) =>
        Object.entries(row).every(
          ([name, value]) =>
            SHIPPED[table]?.includes(name) || JSON.stringify(other[name]) === JSON.stringify(value),
        ),
      );
    const gone = rows.filter((row) => !isWrittenAnew(table, row) && !kept(row));
    if (gone.length > 0) lost[table] = gone;
  }
  return lost;
}

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

describe('a database of release 0.5.0, with rows in every table', () => {
  const files = migrationFiles(REPOSITORY);
  let tables: string[];
  let lost: Record<string, Row[]>;
  let lostByAnother: Record<string, Row[]>;
  let unusual: readonly Row[];
  let retention: Record<string, number>;
  let due: readonly Row[];
  let divergences: readonly Row[];
  let series: readonly Row[];
  let shared: readonly Row[];
  let calendars: readonly Row[];
  let before: SchemaSnapshot;
  let upgraded: SchemaSnapshot;
  let declared: SchemaSnapshot;

  beforeAll(async () => {
    const baseline = project(files.filter((file) => file <= BASELINE_END));
    for (const [file, change] of Object.entries(OTHERWISE)) {
      const path = join(baseline, 'supabase', 'migrations', file);
      const content = readFileSync(path, 'utf8');
      writeFileSync(path, change(content));
    }
    const careless = {
      file: '99990101000000_careless.sql',
      content: "delete from public.errors; update public.bars set volume = 0 where bar_time = '2015-01-05Z';",
    };
    const migrate = async (sql: Sql, superuser: Sql) => {
      await applyMigrations(sql, baseline);
      tables = await publicTables(sql);
      for (const table of tables) await writeRows(superuser, table, dump[table] ?? []);
      await superuser.unsafe(UNUSUAL);
      before = await readSchemaSnapshot(sql);
      await applyMigrations(sql, REPOSITORY);
    };
    await withSchemaDatabases(
      REPOSITORY,
      async (databases) => {
        lost = await lostRows(databases.migrated);
        unusual = await databases.migrated`
          select c.config_hash = md5(c.configuration::text) as has_own_hash, c.configuration, q.levels
          from public.runs r
          join public.configurations c on c.config_hash = r.config_hash
          join public.forecasts f on f.id = 1000
          join public.quantile_levels q on q.id = f.quantile_levels_id
          where r.idempotency_key like 'unusual %'
          order by r.idempotency_key`;
        [{ retention }] = await databases.migrated`select internal.setting('retention_days') as retention`;
        due = await databases.migrated`
          select f.id from public.forecasts f
          where not exists (
            select from public.outcomes_due d
            where (d.symbol_id, d.horizon) = (f.symbol_id, f.horizon) and d.since <= f.data_cutoff)`;
        divergences = await databases.migrated`
          select v.divergence = m.divergence and m.divergence > 0 as is_the_windows
          from public.window_validity v
          join public.ensemble_validation_metrics m on m.id = v.metrics_id`;
        series = await databases.migrated`
          select s.restated_at = (select min(b.ingested_at) from public.bars b where b.symbol_id = s.symbol_id and b.timeframe = s.timeframe) as began_then,
            s.restated_to, exists (
              select from public.forecasts f where f.symbol_id = s.symbol_id and f.horizon = s.timeframe and f.issued_at >= s.restated_at) as is_forecast
          from public.bar_series s`;
        shared = await databases.migrated`
          select j.id::integer, r.idempotency_key as of, array_agg(w.idempotency_key order by w.idempotency_key) as joined_by
          from public.jobs j
          join public.runs r on r.id = j.run_id
          join public.joined_jobs x on x.job_id = j.id
          join public.runs w on w.id = x.run_id
          where j.status = 'queued' and j.kind = 'forecast'
          group by j.id, r.idempotency_key`;
        calendars = await databases.migrated`
          select (select array_agg(distinct s.calendar) from public.symbols s) as symbols,
            (select array_agg(e.calendar || ' ' || e.session_date) from public.calendar_exceptions e where e.source = 'operator') as announced`;
        upgraded = await readSchemaSnapshot(databases.migrated);
        declared = await readSchemaSnapshot(databases.declared);
        await applyMigrations(databases.migrated, project(files, careless));
        lostByAnother = await lostRows(databases.migrated);
      },
      migrate,
    );
  }, 120_000);

  /** An installation's rows are its own. */
  const schemaOf = (snapshot: SchemaSnapshot): SchemaSnapshot =>
    new Map([...snapshot].filter(([object]) => !object.startsWith('rows of ')));

  it('is whole: the dump has a row of every table', () => {
    expect(Object.keys(dump).sort()).toEqual([...tables].sort());
    for (const [table, rows] of Object.entries(dump)) expect([table, rows.length > 0]).toEqual([table, true]);
  });

  it('has the schema of supabase/schemas after the upgrade', () => {
    expect(before.size).toBeGreaterThan(100);
    expect(compareSnapshots(schemaOf(upgraded), schemaOf(declared), ['upgraded', 'schemas'])).toEqual([]);
  });

  it('keeps every row with every value', () => {
    expect(lost).toEqual({});
  });

  it('keeps what rows say that disagree with the others on their levels, or on what their hash names', () => {
    expect([...unusual]).toEqual([
      { has_own_hash: true, configuration: { seed: 8 }, levels: [0.5] },
      { has_own_hash: true, configuration: { seed: 9 }, levels: [0.5] },
    ]);
  });

  it('keeps the days of retention that an operator set, beside those of the new kinds', () => {
    const [{ value }] = dump.settings.filter(({ name }) => name === 'retention_days');
    expect(retention).toEqual({ ...(value as object), query_timings: 30, alerts: 400, windows: 400 });
  });

  it('has every forecast looked at by score_outcomes once more', () => {
    expect([...due]).toEqual([]);
  });

  it('keeps with each window whether it stands and its divergence', () => {
    expect(divergences.length).toBeGreaterThan(0);
    expect(divergences.map(({ is_the_windows }) => is_the_windows)).not.toContain(false);
  });

  it('knows since when a series is what it is, so that its forecasts stay current', () => {
    expect([...series]).toEqual([{ began_then: true, restated_to: null, is_forecast: true }]);
  });

  it('has one open job for a forecast that several runs asked for: the schedule’s, joined by the others', () => {
    expect([...shared]).toEqual([{ id: 102, of: 'asked 2', joined_by: ['asked 1', 'asked 3'] }]);
  });

  it('gives every symbol New York\u2019s calendar, with what was announced', () => {
    expect([...calendars]).toEqual([{ symbols: ['XNYS'], announced: ['XNYS 2030-03-11'] }]);
  });

  it('would tell of a migration that loses rows or values', () => {
    expect(Object.keys(lostByAnother).sort()).toEqual(['bars', 'errors']);
  });
});

describe('a migration of a release', () => {
  it.each([
    ['0.6.0', 36, '26964b95fae051367537be5a0081b305674538d68dbc1c362313ddc57cd2841e'],
    ['0.7.0', 43, '564e20bd092344138b6b9da4468a2e73fe4f44b7310dba49c2c8bf617b4dff20'],
    ['0.8.0', 53, '10182e8aff5ad336d45a4359ca939d3c8e59297f332cfc1c23570d489a5c2fec'],
    ['0.9.0', 56, '3598e2f772f394b5473e6eb6b0fd03c5e8c98e193a3bb5c4a454aede5f0020ba'],
  ])('is never changed: %s and its %s files', (_release, count, digest) => {
    const pins = readFileSync(join(REPOSITORY, 'supabase', 'landed-migrations.sha256'), 'utf8').split('\n');
    const text = pins
      .slice(0, count)
      .map((line) => `${line}\n`)
      .join('');
    expect(createHash('sha256').update(text).digest('hex')).toBe(digest);
  });
});
