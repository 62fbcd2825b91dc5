import { resolve } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { applyMigrations } from '../../src/local/migrations.ts';
import { execute } from '../../src/local/postgres/execute.ts';
import { startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { createFixtureProject, type FixtureProject } from './support/fixture-project.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const CLI = resolve(REPOSITORY, 'node_modules/supabase/dist/supabase.js');
const FIRST = 'supabase/migrations/20260101000000_first.sql';
const SECOND = 'supabase/migrations/20260102000000_second.sql';

let server: Awaited<ReturnType<typeof startPostgres>>;
let database = 0;
let url: string;
let sql: Sql;
let project: FixtureProject;

beforeAll(async () => {
  server = await startPostgres(REPOSITORY);
});
afterAll(() => server?.stop());

beforeEach(async () => {
  // A database each; these migrations need nothing a new one lacks.
  const name = `history_${++database}`;
  const owner = postgres(server.url('postgres'), { max: 1 });
  await owner.unsafe(`create database ${name}`);
  await owner.end();
  url = server.url('postgres').replace('/postgres?', `/${name}?`);
  sql = postgres(url, { onnotice: () => {} });
  project = createFixtureProject({
    'supabase/config.toml': 'project_id = "fixture"\n[db]\nmajor_version = 17\n',
    [FIRST]: `-- A comment; with a semicolon.
create table public.t (id int primary key, v numeric check (v > 0)); -- trailing
/* block; */
create function public.f() returns int language plpgsql as $$
begin
  return 1; -- inner; comment
end
$$;
comment on table public.t is 'a -- b; it''s';
-- last comment
`,
    [SECOND]: 'insert into public.t values (1, 1);\n',
  });
});
afterEach(async () => {
  await sql.end();
  project.remove();
});

function cli(...args: string[]): Promise<string> {
  return execute(process.execPath, [CLI, ...args, '--db-url', url], {
    cwd: project.directory,
    env: { ...process.env, DO_NOT_TRACK: '1', NO_COLOR: '1', SUPABASE_YES: '1' },
  });
}

test('what is applied here the CLI finds applied', async () => {
  expect(await applyMigrations(sql, project.directory)).toEqual([
    '20260101000000_first.sql',
    '20260102000000_second.sql',
  ]);
  expect(await applyMigrations(sql, project.directory)).toEqual([]);
  expect(await cli('db', 'push', '--dry-run')).toContain('up to date');
});

test('what the CLI pushed is found applied here, unchanged', async () => {
  await cli('db', 'push');
  expect(await applyMigrations(sql, project.directory)).toEqual([]);
  expect(await sql`select * from public.t`).toHaveLength(1);
});

test('a migration that fails leaves nothing of itself, and is told with file, line and reason', async () => {
  project.write(SECOND, 'create table public.half (x int);\n\nselect no_such_column\nfrom public.t;\n');
  await expect(applyMigrations(sql, project.directory)).rejects.toMatchObject({
    code: 'migration_failed',
    message: expect.stringMatching(/20260102000000_second\.sql:3: column "no_such_column" does not exist/),
  });
  expect((await sql`select to_regclass('public.half') as half`)[0]).toEqual({ half: null });
  expect((await sql`select to_regclass('public.t')::text as t`)[0]).toEqual({ t: 't' });
});

test('a file changed after it was applied is told; its comments may change', async () => {
  await applyMigrations(sql, project.directory);
  project.write(SECOND, '-- why\ninsert into public.t values (1, 1);\n');
  expect(await applyMigrations(sql, project.directory)).toEqual([]);
  project.write(SECOND, 'insert into public.t values (2, 1);\n');
  await expect(applyMigrations(sql, project.directory)).rejects.toMatchObject({
    code: 'migration_changed',
    details: { version: '20260102000000' },
  });
});

test('a version the database has and the project has not is told', async () => {
  await applyMigrations(sql, project.directory);
  await sql`insert into supabase_migrations.schema_migrations (version) values ('20260101120000')`;
  await expect(applyMigrations(sql, project.directory)).rejects.toMatchObject({ code: 'migration_unknown' });
});

test('a database from before the first file is refused in one sentence that says what to do, and stays as it is', async () => {
  await sql`create schema supabase_migrations`;
  await sql`create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text)`;
  await sql`insert into supabase_migrations.schema_migrations (version) values ('20251231000000')`;
  await expect(applyMigrations(sql, project.directory)).rejects.toMatchObject({
    code: 'database_before_baseline',
    message: expect.stringMatching(
      /^The database has migration 20251231000000, [^.]*--fresh[^.]*--data DIR$/,
    ),
  });
  expect(await sql`select version from supabase_migrations.schema_migrations`).toHaveLength(1);
  expect((await sql`select to_regclass('public.t') as t`)[0]).toEqual({ t: null });
});

test('a file whose name the CLI would not take is told', async () => {
  project.write('supabase/migrations/nameless.sql', 'select 1;');
  await expect(applyMigrations(sql, project.directory)).rejects.toMatchObject({ code: 'migration_misnamed' });
});
