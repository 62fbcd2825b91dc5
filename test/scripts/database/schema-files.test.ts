import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changedFiles, composeBaseline } from '../../../scripts/database/compose-migration.ts';
import { checkLandedMigrations, pinMigrations } from '../../../scripts/database/landed-migrations.ts';
import { readSchemaFiles, type SchemaFile } from '../../../scripts/database/schema-files.ts';
import { definedTwice, definesOneObject } from '../../../scripts/database/schema-objects.ts';
import { compareSnapshots } from '../../../scripts/database/schema-snapshot.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
let project: string;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content);
}

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'plumbline-schemas-'));
  write(
    'supabase/config.toml',
    '[db.migrations]\nschema_paths = ["./schemas/b/tables/last.sql", "./schemas/*/tables/*.sql"]\n',
  );
  write('supabase/schemas/b/tables/last.sql', 'create table public.last (id int);\n');
  write('supabase/schemas/b/tables/first.sql', 'create table public.first (id int);\n');
  write('supabase/schemas/a/tables/other.sql', 'create table public.other (id int);\n');
});
afterEach(() => rmSync(project, { recursive: true }));

describe('schema files', () => {
  it('come in the order of schema_paths, each once', () => {
    expect(readSchemaFiles(project).map(({ path }) => path)).toEqual([
      ...['b/tables/last.sql', 'a/tables/other.sql', 'b/tables/first.sql'],
    ]);
  });

  it('that no path finds, and paths that find none, are told', () => {
    write('supabase/schemas/c/views/forgotten.sql', 'create view public.forgotten as select 1;\n');
    expect(() => readSchemaFiles(project)).toThrow('c/views/forgotten.sql');
    write('supabase/config.toml', '[db.migrations]\nschema_paths = ["./schemas/none/*.sql"]\n');
    expect(() => readSchemaFiles(project)).toThrow(
      './schemas/none/*.sql of schema_paths in supabase/config.toml finds no file',
    );
  });

  it('define one object each, and no object stands in two', () => {
    const file = (path: string, content: string): SchemaFile => ({ path, concern: 'q', content });
    const table = file('q/tables/t.sql', 'create table public.t (id int);');
    expect(definedTwice([table])).toEqual([]);
    expect(definedTwice([table, file('q/tables/u.sql', 'CREATE TABLE public.t (id int);')])).toEqual([
      'table public.t is defined in q/tables/t.sql and in q/tables/u.sql of supabase/schemas: keep one',
    ]);
    expect(definesOneObject([table, file('q/rows/t.sql', 'insert into public.t values (1);')])).toEqual([]);
    expect(
      definesOneObject([
        file('q/x.sql', 'create view a.b as select 1;\ncreate or replace function a.c() returns int ...'),
      ]),
    ).toEqual([expect.stringContaining('defines view a.b, function a.c')]);
    expect(definesOneObject([file('q/empty.sql', 'select 1;')])).toEqual([
      expect.stringContaining('defines nothing'),
    ]);
  });

  it('of this project are one object each', () => {
    const files = readSchemaFiles(REPOSITORY);
    expect([...definedTwice(files), ...definesOneObject(files)]).toEqual([]);
  });
});

describe('a baseline', () => {
  it('is one migration a concern, in the order of the files, each file whole', () => {
    const baseline = composeBaseline(readSchemaFiles(project));
    expect([...baseline.keys()]).toEqual(['b', 'a']);
    expect(baseline.get('b')).toMatch(/check_function_bodies = off[\s\S]*public\.last[\s\S]*public\.first/);
  });
});

describe('a change', () => {
  it('takes over functions, views, rows and new tables whole, and leaves tables that exist to a person', () => {
    const file = (path: string, content: string): SchemaFile => ({ path, concern: 'q', content });
    const files = [
      file('q/tables/old.sql', 'create table public.old (id int);'),
      file('q/tables/new.sql', 'create table public.new (id int);'),
      file('q/functions/f.sql', 'create or replace function internal.f(p_a int, p_b int) returns int ...'),
      file('q/functions/same.sql', 'create or replace function internal.same() returns int ...'),
      file('q/views/v.sql', 'create or replace view public.v as select 1;'),
      file('q/rows/old.sql', 'insert into public.old values (1);'),
    ];
    const same = ['function internal.same()', ['as it was']] as const;
    const before = new Map<string, string[]>([
      ['table public.old', ['id integer']],
      ['function internal.f(p_a integer, p_b integer)', ['one body']],
      [same[0], [...same[1]]],
    ]);
    const after = new Map<string, string[]>([
      ['table public.old', ['id bigint']],
      ['table public.new', ['id integer']],
      ['function internal.f(p_a integer, p_b integer)', ['another body']],
      [same[0], [...same[1]]],
      ['view public.v', ['select 1']],
      ['rows of public.old', ['1']],
    ]);
    expect(changedFiles(before, after, files).map(({ path }) => path)).toEqual([
      ...['q/tables/new.sql', 'q/functions/f.sql', 'q/views/v.sql', 'q/rows/old.sql'],
    ]);
    expect(compareSnapshots(before, after, ['migrations', 'files'])).toContain(
      'table public.new is only in files',
    );
    expect(compareSnapshots(before, after, ['migrations', 'files'])).toContain(
      'table public.old, only in migrations: id integer',
    );
    expect(compareSnapshots(after, after, ['a', 'b'])).toEqual([]);
  });
});

describe('migrations that have landed', () => {
  const FIRST = 'supabase/migrations/20270101000000_first.sql';

  it('may not change, go or be overtaken; new ones are pinned', () => {
    write(FIRST, 'select 1;\n');
    expect(checkLandedMigrations(project)).toEqual([
      expect.stringContaining('is not in supabase/landed-migrations.sha256'),
    ]);
    expect(pinMigrations(project)).toEqual(['20270101000000_first.sql']);
    expect(checkLandedMigrations(project)).toEqual([]);

    write(FIRST, 'select 2;\n');
    expect(checkLandedMigrations(project)).toEqual([expect.stringContaining('has landed and was changed')]);
    // Pinning again does not make the change right.
    expect(pinMigrations(project)).toEqual([]);
    expect(checkLandedMigrations(project)).toHaveLength(1);
    rmSync(join(project, FIRST));
    expect(checkLandedMigrations(project)).toEqual([expect.stringContaining('has landed and is gone')]);
    write(FIRST, 'select 1;\n');
    write('supabase/migrations/20260101000000_late.sql', 'select 3;\n');
    expect(checkLandedMigrations(project)).toEqual([expect.stringContaining('would run before')]);
  });
});
