import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { inject } from 'vitest';
import { readConfig } from '../../src/local/config.ts';
import { openDataDirectory } from '../../src/local/data-directory.ts';
import { applyMigrations } from '../../src/local/migrations.ts';
import type { Cluster } from '../../src/local/postgres/cluster.ts';
import { embeddedPostgres } from '../../src/local/postgres/install.ts';
import { startPostgresIn } from '../../src/local/postgres/start-postgres.ts';
import { applySeeds } from '../../src/local/seeds.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../..');
const PATIENCE = 120_000;

/**
 * A data directory with the project's database, migrated, seeded and not running: a copy of one that is made once a run, by whoever needs
 * it first. The caller removes it.
 */
export async function copyProjectData(): Promise<string> {
  const run = inject('runDirectory');
  const original = join(run, 'data');
  await makeOnce(run, () => makeProjectData(original));
  const copy = mkdtempSync(join(tmpdir(), 'plumbline-test-'));
  const from = openDataDirectory(original).postgresHome;
  const to = openDataDirectory(copy).postgresHome;
  // With its owner: as root, Postgres runs as another user.
  const copyTo = (target: string, ...sources: string[]) => execFileSync('cp', ['-a', ...sources, target]);
  copyTo(copy, join(original, 'keys.json'));
  copyTo(to, join(from, 'cluster'), join(from, 'cluster.initialised'));
  // What Deno has compiled serves every stack of the run.
  symlinkSync(join(run, 'deno'), join(copy, 'deno'));
  return copy;
}

/** Starts the Postgres of such a directory alone: without functions, cron or a sender behind it nothing moves but what a test does. */
export function startDatabase(directory: string): Promise<Pick<Cluster, 'url' | 'stop'>> {
  return startPostgresIn(directory, (home) => embeddedPostgres(REPOSITORY, home));
}

async function makeProjectData(directory: string): Promise<void> {
  const server = await startDatabase(directory);
  const sql = postgres(server.url('postgres'), { onnotice: () => {} });
  try {
    await applyMigrations(sql, REPOSITORY);
    await applySeeds(sql, REPOSITORY, readConfig(REPOSITORY));
    await dropTemplates(server.url('supabase_admin'));
  } finally {
    await sql.end({ timeout: 2 });
    await server.stop();
  }
}

/** No test makes a database in a copy, and they are half of the files to be copied. */
async function dropTemplates(url: string): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await admin`update pg_database set datistemplate = false`;
    await admin`drop database template0`;
    await admin`drop database template1`;
  } finally {
    await admin.end();
  }
}

/** Makes what a run's processes share, in the process that comes first; the others wait for it. */
async function makeOnce(run: string, make: () => Promise<void>): Promise<void> {
  const outcome = join(run, 'outcome');
  const tell = (text: string) => {
    writeFileSync(`${outcome}.draft`, text);
    renameSync(`${outcome}.draft`, outcome);
  };
  if (isFirst(run)) {
    await make().then(
      () => tell(''),
      (error) => tell(String(error)),
    );
  }
  const deadline = Date.now() + PATIENCE;
  while (!existsSync(outcome)) {
    if (Date.now() > deadline) throw new Error(`The project's database is not there after ${PATIENCE} ms`);
    await sleep(50);
  }
  const failure = readFileSync(outcome, 'utf8');
  if (failure !== '') throw new Error(`The project's database could not be made: ${failure}`);
}

/** A directory can be made once. */
function isFirst(run: string): boolean {
  try {
    mkdirSync(join(run, 'deno'));
    return true;
  } catch {
    return false;
  }
}
