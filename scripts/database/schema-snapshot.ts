import type { Sql } from 'postgres';

/** What a database holds of ours: a line of text for each fact, by the name of the object that it is about. */
export type SchemaSnapshot = ReadonlyMap<string, readonly string[]>;

/** Tables whose rows come with the schema, with the columns that an installation does not change. */
const ROWS: readonly (readonly [table: string, columns: string])[] = [
  ['settings', 'name, value, description'],
  ['schedule_slots', 'slot, local_times, after_close, days, calls, publishes, make_up_within, description'],
  ['schedule_ticks', 'job, minutes, every, calls, description'],
  ['job_kinds', 'kind, worker, stores_result, priority, one_at_a_time, followed_by, description'],
  ['monitoring_queries', 'name, query'],
  ['calendars', 'name, rule, time_zone, close_time, half_day_close, known_from, known_until, source'],
  ['calendar_exceptions', 'calendar, session_date, kind, reason, source'],
];

/**
 * Reads the schemas `public` and `internal` from the catalogue: tables with columns (in order), constraints, indexes, triggers and
 * policies; views; functions; owners, rights and comments of all; settings of the database; cron's jobs; and the rows that come with the schema.
 *
 * @param sql as the owner, on a database without data of its own
 */
export async function readSchemaSnapshot(sql: Sql): Promise<SchemaSnapshot> {
  const snapshot = new Map<string, string[]>();
  const add = (object: string, fact: string) => {
    const facts = snapshot.get(object);
    if (facts === undefined) snapshot.set(object, [fact]);
    else facts.push(fact);
  };
  for (const { object, fact } of await sql<{ object: string; fact: string }[]>`${sql.unsafe(CATALOGUE)}`) {
    add(object, fact);
  }
  for (const { object, fact } of await sql<{ object: string; fact: string }[]>`
    select 'cron job ' || jobname as object, schedule || ' ' || command as fact from cron.job order by jobname`) {
    add(object, fact);
  }
  for (const [table, columns] of ROWS) {
    // Of a table or column that a database has not got yet there is nothing.
    const [found] = await sql`select to_regclass(${`public.${table}`}) is not null as is_there`;
    if (!found!.is_there) continue;
    const values = columns.split(', ').map((column) => `to_jsonb(t) -> '${column}'`);
    const rows = await sql.unsafe<{ fact: string }[]>(
      `select jsonb_build_array(${values.join(', ')})::text as fact from public.${table} t order by 1`,
    );
    for (const { fact } of rows) add(`rows of public.${table}`, fact);
  }
  return snapshot;
}

/** What differs, a line each; empty when both are the same. */
export function compareSnapshots(
  left: SchemaSnapshot,
  right: SchemaSnapshot,
  names: readonly [string, string],
): string[] {
  const differences: string[] = [];
  for (const object of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const [a, b] = [left.get(object), right.get(object)];
    if (a === undefined || b === undefined) {
      differences.push(`${object} is only in ${a === undefined ? names[1] : names[0]}`);
      continue;
    }
    const [onlyA, onlyB] = [a.filter((fact) => !b.includes(fact)), b.filter((fact) => !a.includes(fact))];
    differences.push(
      ...onlyA.map((fact) => `${object}, only in ${names[0]}: ${unlike(fact, onlyB)}`),
      ...onlyB.map((fact) => `${object}, only in ${names[1]}: ${unlike(fact, onlyA)}`),
    );
  }
  return differences;
}

/** The lines of a fact that none of the others has: of a long function that changed, the lines that did. */
function unlike(fact: string, others: readonly string[]): string {
  const known = new Set(others.flatMap((other) => other.split('\n')));
  const own = fact.split('\n').filter((line) => !known.has(line));
  return (own.length === 0 ? fact : own.join('\n')).trim();
}

const CATALOGUE = `
with relations as (
  select c.oid, c.relname, n.nspname, c.relkind, c.relacl, c.relowner, c.reloptions, c.relrowsecurity, c.relforcerowsecurity,
    case c.relkind when 'v' then 'view ' else 'table ' end || n.nspname || '.' || c.relname as object
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'internal') and c.relkind in ('r', 'p', 'v', 'm')
), functions as (
  select p.*, n.nspname, 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as object
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('public', 'internal')
), facts as (
  select 'schema ' || n.nspname as object, format('owner %s, rights %s, comment %s', n.nspowner::regrole,
    (select string_agg(a::text, ' ' order by a::text) from unnest(n.nspacl) a), obj_description(n.oid, 'pg_namespace')) as fact
  from pg_namespace n where n.nspname = 'internal'
  union all
  select 'default rights', format('%s in %s on %s: %s', d.defaclrole::regrole, coalesce(d.defaclnamespace::regnamespace::text, 'all schemas'),
    d.defaclobjtype, (select string_agg(a::text, ' ' order by a::text) from unnest(d.defaclacl) a))
  from pg_default_acl d
  union all
  -- The search path is the platform's.
  select 'setting ' || split_part(s, '=', 1) || ' of the database', s
  from pg_db_role_setting r, unnest(r.setconfig) s
  where r.setrole = 0 and r.setdatabase = (select d.oid from pg_database d where d.datname = current_database())
    and s not like 'search\\_path=%'
  union all
  select 'extension ' || e.extname, e.extnamespace::regnamespace::text from pg_extension e
  union all
  select r.object, format('owner %s, rights %s, options %s, row security %s %s, comment %s', r.relowner::regrole,
    (select string_agg(a::text, ' ' order by a::text) from unnest(r.relacl) a), r.reloptions, r.relrowsecurity, r.relforcerowsecurity,
    obj_description(r.oid, 'pg_class'))
  from relations r
  union all
  select r.object, format('column %s %s %s %s, default %s, identity %s, generated %s, rights %s, comment %s',
    row_number() over (partition by r.oid order by a.attnum), a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then 'not null' else 'null' end, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attacl,
    col_description(r.oid, a.attnum))
  from relations r
  join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
  union all
  select r.object, format('defined as %s', pg_get_viewdef(r.oid)) from relations r where r.relkind in ('v', 'm')
  union all
  select r.object, format('constraint %s %s, validated %s', c.conname, pg_get_constraintdef(c.oid), c.convalidated)
  from relations r join pg_constraint c on c.conrelid = r.oid
  union all
  select r.object, format('index %s', pg_get_indexdef(i.indexrelid)) from relations r join pg_index i on i.indrelid = r.oid
  union all
  select r.object, format('trigger %s, enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
  from relations r join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
  union all
  select r.object, format('policy %s for %s to %s using %s check %s', p.polname, p.polcmd,
    (select string_agg(x::regrole::text, ' ' order by x::regrole::text) from unnest(p.polroles) x),
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  from relations r join pg_policy p on p.polrelid = r.oid
  union all
  select f.object, format('owner %s, rights %s, comment %s', f.proowner::regrole,
    (select string_agg(a::text, ' ' order by a::text) from unnest(f.proacl) a), obj_description(f.oid, 'pg_proc'))
  from functions f
  union all
  select f.object, pg_get_functiondef(f.oid) from functions f
)
select object, fact from facts order by object, fact
`;
