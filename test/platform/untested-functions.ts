import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { StepFailure } from './steps.ts';

/**
 * Checks that every function of the schemas public and internal, triggers' included, has its directory below `directory`, named
 * `schema.function`, with a test in it; and that every directory is one's.
 *
 * @returns how many functions there are
 * @throws {StepFailure} naming what is missing and what is too many
 */
export async function requireTests(sql: Sql, directory: string): Promise<number> {
  const functions = await sql<{ name: string }[]>`
    select distinct format('%s.%s', p.pronamespace::regnamespace, p.proname) as name
    from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace)
      and not exists (
        select from pg_depend d
        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    order by 1
  `;
  const relations = await sql<{ name: string }[]>`
    select format('%s.%s', c.relnamespace::regnamespace, c.relname) as name
    from pg_class c
    where c.relnamespace in ('public'::regnamespace, 'internal'::regnamespace) and c.relkind in ('r', 'v')
  `;
  const names = functions.map(({ name }) => name);
  const findings = compareTests(
    names,
    relations.map(({ name }) => name),
    testsByDirectory(directory),
  );
  if (findings.length > 0) throw new StepFailure(findings.join('\n'));
  return names.length;
}

/**
 * What is missing and what is too many, one line each.
 *
 * @param functions that need a test
 * @param others that may have one
 * @param tests the files of each directory
 */
export function compareTests(
  functions: readonly string[],
  others: readonly string[],
  tests: ReadonlyMap<string, readonly string[]>,
): string[] {
  const known = new Set([...functions, ...others]);
  return [
    ...functions
      .filter((name) => !tests.get(name)?.some((file) => file.endsWith('.test.sql')))
      .map((name) => `${name} has no test: write supabase/tests/${name}/<behaviour>.test.sql`),
    ...[...tests.keys()]
      .filter((name) => !known.has(name))
      .map((name) => `supabase/tests/${name} is a directory of tests of nothing`),
    ...[...tests].flatMap(([name, files]) =>
      files
        .filter((file) => !file.endsWith('.test.sql'))
        .map((file) => `supabase/tests/${name}/${file} is not named <behaviour>.test.sql`),
    ),
  ];
}

function testsByDirectory(directory: string): Map<string, string[]> {
  const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return new Map(entries.map(({ name }) => [name, readdirSync(join(directory, name))]));
}
