import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitSqlStatements } from '@supabase/lite';
import type { Sql } from 'postgres';
import { MigrationError } from './errors/migration-error.ts';

/** A file of `supabase/migrations`, named `<version>_<name>.sql`. */
interface Migration {
  readonly version: string;
  readonly name: string;
  readonly file: string;
  readonly content: string;
}

const FILE_NAME = /^(\d+)_(.+)\.sql$/;

/** The history table as the Supabase CLI creates it. */
const HISTORY_TABLE = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
  alter table supabase_migrations.schema_migrations add column if not exists statements text[];
  alter table supabase_migrations.schema_migrations add column if not exists name text;
`;

/**
 * Applies what `supabase/migrations` has and the database has not, in order, each file in one transaction together with its
 * row in the CLI's history table: `supabase db push` finds nothing left to do afterwards, and what it pushed is not applied
 * again here.
 *
 * @param sql a connection as role postgres, as the CLI's
 * @returns the names of the files applied
 * @throws {MigrationError} `migration_failed` with file, line and Postgres's message; `migration_changed` when a file is not
 *   what was applied under its version; `database_before_baseline` when the database is older than the first file;
 *   `migration_unknown` when it has another version without a file
 */
export async function applyMigrations(sql: Sql, projectDirectory: string): Promise<string[]> {
  const migrations = readMigrations(join(projectDirectory, 'supabase', 'migrations'));
  await sql.unsafe(HISTORY_TABLE);
  const applied = await sql<{ version: string; statements: string[] | null }[]>`
    select version, statements from supabase_migrations.schema_migrations order by version
  `;
  checkHistory(migrations, applied, readEarlierTexts(projectDirectory));
  const done = new Set(applied.map((row) => row.version));
  const pending = migrations.filter((migration) => !done.has(migration.version));
  for (const migration of pending) await apply(sql, migration);
  return pending.map((migration) => migration.file);
}

function readMigrations(directory: string): Migration[] {
  if (!existsSync(directory)) return [];
  const migrations = readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const match = FILE_NAME.exec(file);
      if (match === null) {
        throw new MigrationError(
          'migration_misnamed',
          `Migration supabase/migrations/${file}: a migration is named <version>_<name>.sql, the version all digits`,
          { file },
        );
      }
      const content = readFileSync(join(directory, file), 'utf8');
      return { version: match[1]!, name: match[2]!, file, content };
    });
  return migrations;
}

/**
 * Of migrations that a release had otherwise: the file, and the SHA-256 of what that release's statements are of. A later migration brings what
 * they left to what the files say.
 */
function readEarlierTexts(projectDirectory: string): ReadonlySet<string> {
  const path = join(projectDirectory, 'supabase', 'earlier-migrations.sha256');
  return new Set(existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []);
}

function checkHistory(
  migrations: readonly Migration[],
  applied: readonly { version: string; statements: string[] | null }[],
  earlier: ReadonlySet<string>,
): void {
  const byVersion = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const { version, statements } of applied) {
    const migration = byVersion.get(version);
    if (migration === undefined && version < (migrations[0]?.version ?? '')) {
      throw new MigrationError(
        'database_before_baseline',
        `The database has migration ${version}, older than the baseline ${migrations[0]!.version}, and cannot be upgraded: ` +
          'start with --fresh to build it anew, or name another place with --data DIR',
        { version, baseline: migrations[0]!.version },
      );
    }
    if (migration === undefined) {
      throw new MigrationError(
        'migration_unknown',
        `The database has migration ${version}, supabase/migrations has no file of that version: ` +
          'restore the file, or use the release that the database was made with, or start with --fresh to build the database anew',
        { version },
      );
    }
    // The CLI and this file split statements differently; what both keep are the characters of the statements.
    if (statements === null) continue;
    const text = essence(statements.join('\n'));
    const hash = createHash('sha256').update(text).digest('hex');
    if (text !== essence(migration.content) && !earlier.has(`${hash}  migrations/${migration.file}`)) {
      throw new MigrationError(
        'migration_changed',
        `Migration supabase/migrations/${migration.file} is not what was applied to the database: ` +
          'undo the change and write a new migration, or start with --fresh to build the database anew',
        { version, file: migration.file },
      );
    }
  }
}

/** A script without its comments, white space and semicolons. */
function essence(script: string): string {
  return script
    .replace(/--[^\n]*/g, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/[\s;]+/g, '');
}

async function apply(sql: Sql, migration: Migration): Promise<void> {
  try {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(migration.content);
      // Settings a script made for itself (search_path, role) must not outlive it.
      await transaction.unsafe('reset all; reset role');
      await transaction`
        insert into supabase_migrations.schema_migrations (version, name, statements)
        values (${migration.version}, ${migration.name}, ${splitSqlStatements(migration.content)})
      `;
    });
  } catch (error) {
    const { message, code, position } = error as Error & { code?: string; position?: string };
    const line =
      position === undefined ? '' : `:${migration.content.slice(0, Number(position)).split('\n').length}`;
    throw new MigrationError(
      'migration_failed',
      `Migration supabase/migrations/${migration.file}${line}: ${message} (SQLSTATE ${code ?? 'unknown'})`,
      { version: migration.version, file: migration.file, sqlstate: code ?? null },
    );
  }
}
