import { join } from 'node:path';
import type { Sql } from 'postgres';

export const BASELINE_ROWS_FILE = join(import.meta.dirname, 'baseline-rows.json');

export type Row = Readonly<Record<string, unknown>>;

/** The tables of schema public, those that others reference first. */
export async function publicTables(sql: Sql): Promise<string[]> {
  const tables = await sql<{ name: string; needs: string[] }[]>`
    select c.relname as name, coalesce(array_agg(f.confrelid::regclass::text) filter (where f.confrelid <> c.oid), '{}') as needs
    from pg_class c
    left join pg_constraint f on f.conrelid = c.oid and f.contype = 'f'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    group by c.oid, c.relname
    order by c.relname`;
  const ordered: string[] = [];
  while (ordered.length < tables.length) {
    const next = tables.find(
      ({ name, needs }) =>
        !ordered.includes(name) && needs.every((need) => ordered.includes(need.replace(/^public\./, ''))),
    );
    if (next === undefined) throw new Error('the tables reference each other in a circle');
    ordered.push(next.name);
  }
  return ordered;
}

/**
 * Every row of a table, as JSON keeps it, in an order of its own.
 *
 * @param moved SQL that gives more columns of row `t` as jsonb
 */
export async function readRows(sql: Sql, table: string, moved = `'{}'::jsonb`): Promise<Row[]> {
  // The connection may be older than the migration that sets this for the database.
  await sql`set extra_float_digits = 1`;
  const rows = await sql<{ row: Row }[]>`
    select to_jsonb(t) || ${sql.unsafe(moved)} as row from public.${sql(table)} t order by to_jsonb(t)::text`;
  return rows.map(({ row }) => row);
}

/** Puts rows into a table as they are, identity columns included; ids go on after them. Triggers and foreign keys rest. */
export async function writeRows(superuser: Sql, table: string, rows: readonly Row[]): Promise<void> {
  await superuser.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`delete from public.${sql(table)}`;
    await sql`
      insert into public.${sql(table)} overriding system value
      select * from jsonb_populate_recordset(null::public.${sql(table)}, ${sql.json(rows as never)})`;
    await sql`
      select setval(s.sequence, greatest((select max((r ->> s.column_name)::bigint) from jsonb_array_elements(${sql.json(rows as never)}) r), 1))
      from (
        select pg_get_serial_sequence('public.' || ${table}, a.attname) as sequence, a.attname as column_name
        from pg_attribute a where a.attrelid = ('public.' || ${table})::regclass and a.attidentity <> ''
      ) s`;
  });
}
