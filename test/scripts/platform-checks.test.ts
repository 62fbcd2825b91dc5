// What npm run test:platform decides by itself; the rest of it needs Debian's Postgres.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyStandIns } from '../../src/local/postgres/extension-files.ts';
import { missingDebianPackages } from '../platform/debian.ts';
import { lintErrors } from '../platform/lint-functions.ts';
import { compareTests } from '../platform/untested-functions.ts';

test('every package that is not installed is named', () => {
  expect(missingDebianPackages(() => false)).toEqual([
    'postgresql-15',
    'postgresql-15-cron',
    'postgresql-15-pgtap',
    'postgresql-15-plpgsql-check',
    'libtap-parser-sourcehandler-pgtap-perl',
  ]);
  expect(missingDebianPackages((path) => !path.endsWith('pg_cron.so'))).toEqual(['postgresql-15-cron']);
  expect(missingDebianPackages(() => true)).toEqual([]);
});

test('the stand-in for pg_cron is left out where the real one is', () => {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-stand-ins-'));
  try {
    copyStandIns(directory, ['pg_net', 'supabase_vault']);
    const names = readdirSync(directory).map((file) => file.replace(/(--.*)?\.(sql|control)$/, ''));
    expect([...new Set(names)].sort()).toEqual(['pg_net', 'supabase_vault']);
    expect(names).toHaveLength(4);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a function without a test, a directory without a function and a misnamed test are findings', () => {
  const tests = new Map([
    ['public.tested', ['behaves.test.sql']],
    ['public.empty', []],
    ['public.misnamed', ['behaves.sql']],
    ['public.gone', ['behaves.test.sql']],
    ['public.a_table', ['is_closed.test.sql']],
  ]);
  const functions = ['public.tested', 'public.empty', 'public.misnamed', 'public.new'];
  expect(compareTests(functions, ['public.a_table'], tests)).toEqual([
    'public.empty has no test: write supabase/tests/public.empty/<behaviour>.test.sql',
    'public.misnamed has no test: write supabase/tests/public.misnamed/<behaviour>.test.sql',
    'public.new has no test: write supabase/tests/public.new/<behaviour>.test.sql',
    'supabase/tests/public.gone is a directory of tests of nothing',
    'supabase/tests/public.misnamed/behaves.sql is not named <behaviour>.test.sql',
  ]);
});

test('lint errors are passed on, but for temporary tables that nobody has made yet', () => {
  const issue = (message: string, sqlState: string) => ({ level: 'error', message, sqlState });
  const output = JSON.stringify([
    { function: 'public.a', issues: [issue('relation "pg_temp.incoming" does not exist', '42P01')] },
    { function: 'public.b', issues: [issue('relation "public.none" does not exist', '42P01')] },
    { function: 'public.c', issues: [issue('column "x" does not exist', '42703')] },
  ]);
  expect(lintErrors(output)).toEqual([
    'public.b: relation "public.none" does not exist (SQLSTATE 42P01)',
    'public.c: column "x" does not exist (SQLSTATE 42703)',
  ]);
  expect(lintErrors('')).toEqual([]);
});
