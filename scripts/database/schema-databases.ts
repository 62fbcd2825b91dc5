import postgres, { type Sql } from 'postgres';
import { applyMigrations } from '../../src/local/migrations.ts';
import { startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { readSchemaFiles } from './schema-files.ts';

/** Two databases of one throwaway Postgres. */
export interface SchemaDatabases {
  /** Made by all migrations, in order. */
  readonly migrated: Sql;
  /** Made by the files of `supabase/schemas`. */
  readonly declared: Sql;
  /** The URL of the migrated one, as its owner. */
  readonly migratedUrl: string;
}

/**
 * Makes both databases, and removes them when `use` is done.
 *
 * @param migrate brings the migrated one to its state; default: applies all migrations
 * @throws Error naming the schema file that does not build
 */
export async function withSchemaDatabases<T>(
  projectDirectory: string,
  use: (databases: SchemaDatabases) => Promise<T>,
  migrate: (sql: Sql, superuser: Sql) => Promise<unknown> = (sql) => applyMigrations(sql, projectDirectory),
): Promise<T> {
  const server = await startPostgres(projectDirectory);
  const connections: Sql[] = [];
  const connect = (url: string) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    connections.push(sql);
    return sql;
  };
  try {
    const migratedUrl = server.url('postgres');
    const superuserUrl = server.url('supabase_admin');
    await connect(
      inDatabase(superuserUrl, 'template1'),
    )`create database declared template postgres owner postgres`;
    const declared = connect(inDatabase(migratedUrl, 'declared'));
    const migrated = connect(migratedUrl);
    await Promise.all([migrate(migrated, connect(superuserUrl)), build(declared, projectDirectory)]);
    return await use({ migrated, declared, migratedUrl });
  } finally {
    await Promise.all(connections.map((sql) => sql.end({ timeout: 2 })));
    await server.stop();
  }
}

function inDatabase(url: string, name: string): string {
  return url.replace(/\/postgres\?/, `/${name}?`);
}

async function build(sql: Sql, projectDirectory: string): Promise<void> {
  for (const { path, content } of readSchemaFiles(projectDirectory)) {
    try {
      await sql.unsafe(content);
    } catch (error) {
      throw new Error(`Schema file supabase/schemas/${path}: ${(error as Error).message}`, { cause: error });
    }
  }
  await sql`reset all`;
}
