import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import type { Sql } from 'postgres';
import type { ProjectConfig } from './config.ts';
import { StackStartError } from './errors/stack-start-error.ts';

/** The table in which the CLI notes what it seeded with. */
const SEED_TABLE = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.seed_files (path text not null primary key, hash text not null);
`;

/**
 * Runs the files of `[db.seed] sql_paths` that the database has not been seeded with, each in one transaction together with
 * its row in the CLI's table. A file that changed since is not run again.
 *
 * @returns the paths of the files run, relative to the project
 * @throws {StackStartError} `invalid_config` with file and Postgres's message when one fails
 */
export async function applySeeds(
  sql: Sql,
  projectDirectory: string,
  config: ProjectConfig,
): Promise<string[]> {
  if (!config.db.seed.enabled) return [];
  const files = config.db.seed.sql_paths.flatMap((path) => expand(projectDirectory, path));
  if (files.length === 0) return [];
  await sql.unsafe(SEED_TABLE);
  const done = new Set(
    (await sql<{ path: string }[]>`select path from supabase_migrations.seed_files`).map((row) => row.path),
  );
  const pending = files.filter((file) => !done.has(file));
  for (const file of pending) {
    const content = readFileSync(join(projectDirectory, file), 'utf8');
    const hash = createHash('sha256').update(content).digest('hex');
    try {
      await sql.begin(async (transaction) => {
        await transaction.unsafe(content);
        await transaction`insert into supabase_migrations.seed_files (path, hash) values (${file}, ${hash})`;
      });
    } catch (error) {
      throw new StackStartError('invalid_config', `${file}: ${(error as Error).message}`, { file });
    }
  }
  return pending;
}

/** The files a path means, from the project's root; `*` may stand in the file's name. Missing files are no error. */
function expand(projectDirectory: string, path: string): string[] {
  const relative = posix.join('supabase', path);
  const directory = join(projectDirectory, dirname(relative));
  if (!existsSync(directory)) return [];
  const escaped = basename(relative).replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^${escaped.replaceAll('*', '[^/]*')}$`);
  return readdirSync(directory)
    .filter((file) => pattern.test(file))
    .sort()
    .map((file) => posix.join(dirname(relative), file));
}
