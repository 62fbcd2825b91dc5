// The project's own supabase/ directory, taken to a plain Postgres by the Supabase CLI, as to a hosted project, and by us.
import { resolve } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/local/config.ts';
import { applyMigrations } from '../../src/local/migrations.ts';
import { execute } from '../../src/local/postgres/execute.ts';
import { startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { applySeeds } from '../../src/local/seeds.ts';
import { writeVaultSecrets } from '../../src/local/vault-secrets.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const CLI = resolve(REPOSITORY, 'node_modules/supabase/dist/supabase.js');
const SECRETS = {
  PLUMBLINE_PROJECT_URL: 'http://127.0.0.1:54321',
  PLUMBLINE_CRON_SECRET_KEY: 'sb_secret_of_this_test',
};
/** What a person sets who wants to be told of alerts. */
const ALERTS = { PLUMBLINE_ALERT_WEBHOOK_URL: 'https://hooks.example.test/of-this-test' };

type Server = Awaited<ReturnType<typeof startPostgres>>;
let pushed: { server: Server; sql: Sql };
let applied: { server: Server; sql: Sql };

async function start(): Promise<typeof pushed> {
  const server = await startPostgres(REPOSITORY);
  return { server, sql: postgres(server.url('postgres'), { onnotice: () => {} }) };
}

beforeAll(async () => {
  [pushed, applied] = await Promise.all([start(), start()]);
  await cli('db', 'push', '--include-seed');
  // As npm start does it.
  await applyMigrations(applied.sql, REPOSITORY);
  await applySeeds(applied.sql, REPOSITORY, readConfig(REPOSITORY));
  await writeVaultSecrets(applied.sql, readConfig(REPOSITORY), SECRETS, ALERTS, () => {});
});
afterAll(async () => {
  for (const one of [pushed, applied]) {
    await one?.sql.end();
    await one?.server.stop();
  }
});

function cli(...args: string[]): Promise<string> {
  return execute(process.execPath, [CLI, ...args, '--db-url', pushed.server.url('postgres')], {
    cwd: REPOSITORY,
    env: { ...process.env, ...SECRETS, ...ALERTS, DO_NOT_TRACK: '1', NO_COLOR: '1', SUPABASE_YES: '1' },
  });
}

/** Asks both databases the same. */
async function both(query: string): Promise<[postgres.Row[], postgres.Row[]]> {
  const ask = async ({ sql }: typeof pushed) => [...(await sql.unsafe(query))];
  return [await ask(pushed), await ask(applied)];
}

test('after the CLI\u2019s push nothing is left to apply or to seed', async () => {
  expect(await applyMigrations(pushed.sql, REPOSITORY)).toEqual([]);
  expect(await applySeeds(pushed.sql, REPOSITORY, readConfig(REPOSITORY))).toEqual([]);
});

test('both ways leave the same history', async () => {
  const [theirs, ours] = await both(
    'select version, name from supabase_migrations.schema_migrations order by version',
  );
  expect(theirs.length).toBeGreaterThan(0);
  expect(ours).toEqual(theirs);
  const [theirSeeds, ourSeeds] = await both(
    'select path, hash from supabase_migrations.seed_files order by path',
  );
  expect(theirSeeds).toHaveLength(1);
  expect(ourSeeds).toEqual(theirSeeds);
});

test('both ways leave the same tables, columns, functions, rights, cron jobs, symbols and secrets', async () => {
  for (const query of [
    `select table_schema, table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
     where table_schema in ('public', 'internal') order by 1, 2, ordinal_position`,
    `select p.oid::regprocedure::text as name, md5(p.prosrc) as body, p.prosecdef, p.proacl::text from pg_proc p
     where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace) order by 1`,
    `select relname, relrowsecurity, relacl::text from pg_class
     where relnamespace in ('public'::regnamespace, 'internal'::regnamespace) and relkind in ('r', 'v') order by 1`,
    'select jobname, schedule, command, username, active from cron.job order by jobname',
    'select symbol, name, stage from public.symbols order by symbol',
    'select name, decrypted_secret from vault.decrypted_secrets order by name',
  ]) {
    const [theirs, ours] = await both(query);
    expect(theirs.length, query).toBeGreaterThan(0);
    expect(ours, query).toEqual(theirs);
  }
});

test('the address that alerts go to is the environment\u2019s, and is left out where it has none', async () => {
  const names = async () =>
    (await applied.sql`select name from vault.secrets order by name`).map(({ name }) => name);
  expect(await names()).toEqual(['alert_webhook_url', 'cron_secret_key', 'project_url']);
  await applied.sql`delete from vault.secrets where name = 'alert_webhook_url'`;
  const lines: string[] = [];
  await writeVaultSecrets(applied.sql, readConfig(REPOSITORY), SECRETS, {}, (line) => lines.push(line));
  expect(await names()).toEqual(['cron_secret_key', 'project_url']);
  expect(lines).toEqual([
    'vault: alert_webhook_url is not set, because the environment has no PLUMBLINE_ALERT_WEBHOOK_URL',
  ]);
});
