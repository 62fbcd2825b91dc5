import { readFileSync } from 'node:fs';
import type { Sql } from 'postgres';
import { StepFailure } from './steps.ts';

/** One function's findings, as `supabase db lint` prints them. */
interface LintedFunction {
  readonly function: string;
  readonly issues: readonly { readonly message: string; readonly sqlState?: string }[];
}

const TEMPORARY_TABLES = new URL('./temporary-tables.sql', import.meta.url);
const NOT_THERE_YET = /^relation "pg_temp\.\w+" does not exist$/;

/**
 * What `supabase db lint --level error` found, one line a finding, without one kind: a function that makes a temporary table is
 * called wrong, because the table is not there while nobody calls it. {@link checkFunctions} looks at those.
 *
 * @param output of the command; nothing when it found nothing
 */
export function lintErrors(output: string): string[] {
  const functions = output.trim() === '' ? [] : (JSON.parse(output) as LintedFunction[]);
  return functions.flatMap(({ function: name, issues }) =>
    issues
      .filter(({ message, sqlState }) => !(sqlState === '42P01' && NOT_THERE_YET.test(message)))
      .map(({ message, sqlState }) => `${name}: ${message} (SQLSTATE ${sqlState})`),
  );
}

/**
 * Checks every PL/pgSQL function with plpgsql_check where its temporary tables are there, and each trigger function on the tables it
 * is a trigger of, which `supabase db lint` leaves out.
 *
 * @param sql a superuser's connection
 * @returns how many were checked
 * @throws {StepFailure} with the errors
 */
export async function checkFunctions(sql: Sql): Promise<number> {
  const rows = await sql.begin(async (transaction) => {
    await transaction.unsafe(readFileSync(TEMPORARY_TABLES, 'utf8'));
    return transaction<{ name: string; message: string | null; lineno: number | null }[]>`
      with subject as (
        select p.oid, coalesce(t.tgrelid, 0) as relation, t.tgoldtable, t.tgnewtable
        from pg_proc p
        join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
        left join (
          select distinct tgfoid, tgrelid, tgoldtable, tgnewtable from pg_trigger where not tgisinternal
        ) t on t.tgfoid = p.oid
        where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace)
          and (p.prorettype <> 'trigger'::regtype or t.tgrelid is not null)
      )
      select s.oid::regprocedure::text as name, c.message, c.lineno
      from subject s
      left join lateral (
        select x.message, x.lineno
        from extensions.plpgsql_check_function_tb(
          s.oid, s.relation, fatal_errors => false, oldtable => s.tgoldtable, newtable => s.tgnewtable) x
        where x.level = 'error'
      ) c on true
      order by 1
    `;
  });
  const errors = rows
    .filter((row) => row.message !== null)
    .map(({ name, lineno, message }) => `${name}, line ${lineno}: ${message}`);
  if (errors.length > 0) {
    throw new StepFailure(
      [
        ...errors,
        'A temporary table that is said not to exist belongs into test/platform/temporary-tables.sql.',
      ].join('\n'),
    );
  }
  return new Set(rows.map((row) => row.name)).size;
}
