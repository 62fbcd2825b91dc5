// From the baseline on, every later version takes over what a database holds.
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

/** A project that has some of the migrations, and possibly one more. */
function project(files: readonly string[], more?: { file: string; content: string }): string {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-upgrade-'));
  directories.push(directory);
  const migrations = join(directory, 'supabase', 'migrations');
  mkdirSync(migrations, { recursive: true });
  for (const file of files)
    copyFileSync(join(REPOSITORY, 'supabase', 'migrations', file), join(migrations, file));
  if (more !== undefined) writeFileSync(join(migrations, more.file), more.content);
  return directory;
}

/** The rows that are not there any more with all their values, by table. */
async function lostRows(sql: Sql): Promise<Record<string, Row[]>> {
  const lost: Record<string, Row[]> = {};
  for (const [table, rows] of Object.entries(dump)) {
    const found = await readRows(sql, table);
    const kept = (row: Row) =>
      found.some((other) =>
        Object.entries(row).every(([name, value]) => JSON.stringify(other[name]) === JSON.stringify(value)),
      );
    const gone = rows.filter((row) => !kept(row));
    if (gone.length > 0) lost[table] = gone;
  }
  return lost;
}

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

describe('a database of the baseline, with rows in every table', () => {
  const files = migrationFiles(REPOSITORY);
  let tables: string[];
  let lost: Record<string, Row[]>;
  let lostByAnother: Record<string, Row[]>;
  let before: SchemaSnapshot;
  let upgraded: SchemaSnapshot;
  let declared: SchemaSnapshot;

  beforeAll(async () => {
    const baseline = project(files.filter((file) => file <= BASELINE_END));
    const careless = {
      file: '99990101000000_careless.sql',
      content: "delete from public.errors; update public.bars set volume = 0 where bar_time = '2015-01-05Z';",
    };
    const migrate = async (sql: Sql, superuser: Sql) => {
      await applyMigrations(sql, baseline);
      tables = await publicTables(sql);
      for (const table of tables) await writeRows(superuser, table, dump[table] ?? []);
      before = await readSchemaSnapshot(sql);
      await applyMigrations(sql, REPOSITORY);
    };
    await withSchemaDatabases(
      REPOSITORY,
      async (databases) => {
        lost = await lostRows(databases.migrated);
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

  it('would tell of a migration that loses rows or values', () => {
    expect(Object.keys(lostByAnother).sort()).toEqual(['bars', 'errors']);
  });
});
