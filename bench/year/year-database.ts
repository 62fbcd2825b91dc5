import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { PROJECT_DIRECTORY } from '../../src/cli/data-directory.ts';
import { readConfig } from '../../src/local/config.ts';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { applyMigrations } from '../../src/local/migrations.ts';
import { embeddedPostgres } from '../../src/local/postgres/install.ts';
import { startPostgresIn } from '../../src/local/postgres/start-postgres.ts';
import { applySeeds } from '../../src/local/seeds.ts';

/** A Postgres with the project's migrations, without functions, cron or a sender behind it: nothing moves in it but what its user does. */
export interface YearDatabase {
  /** Holds its keys. */
  readonly dataDirectory: string;
  /** As its owner. */
  readonly url: string;
  readonly superuserUrl: string;
  stop(): Promise<void>;
}

/** Starts one to throw away. */
export async function startYearDatabase(): Promise<YearDatabase> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plumbline-year-'));
  const server = await startPostgresIn(dataDirectory, (home) => embeddedPostgres(PROJECT_DIRECTORY, home));
  const url = server.url('postgres');
  const stop = async () => {
    await server.stop();
    removeDataDirectory(openDataDirectory(dataDirectory));
  };
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await applyMigrations(sql, PROJECT_DIRECTORY);
    await applySeeds(sql, PROJECT_DIRECTORY, readConfig(PROJECT_DIRECTORY));
    await sql`select vault.create_secret('http://127.0.0.1:9', 'project_url')`;
    await sql`select vault.create_secret('sb_secret_of_this_bench', 'cron_secret_key')`;
  } catch (error) {
    await stop();
    throw error;
  } finally {
    await sql.end();
  }
  return { dataDirectory, url, superuserUrl: server.url('supabase_admin'), stop };
}
