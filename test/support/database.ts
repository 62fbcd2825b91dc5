// A vitest globalSetup: a throwaway Postgres with the project's migrations and seeds, without functions, cron or a sender behind it:
// `inject('databaseUrl')`. Nothing moves in it but what a test does.
import { resolve } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { readConfig } from '../../src/local/config.ts';
import { applyMigrations } from '../../src/local/migrations.ts';
import { startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { applySeeds } from '../../src/local/seeds.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres(REPOSITORY);
  const sql = postgres(server.url('postgres'), { onnotice: () => {} });
  try {
    await applyMigrations(sql, REPOSITORY);
    await applySeeds(sql, REPOSITORY, readConfig(REPOSITORY));
    await sql`select vault.create_secret('http://functions.test', 'project_url')`;
    await sql`select vault.create_secret('sb_secret_of_these_tests', 'cron_secret_key')`;
  } finally {
    await sql.end();
  }
  project.provide('databaseUrl', server.url('postgres'));
  return () => server.stop();
}
