// What must hold of every object of the schema, by Postgres's catalogue: a new one is tested without a change here.
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownerConnection } from './support/own-database.ts';

let sql: postgres.Sql;
beforeAll(() => {
  sql = ownerConnection();
});
afterAll(() => sql.end());

describe('functions', () => {
  it('have an empty search_path', async () => {
    const open = await sql`
      select proname from pg_proc
      where pronamespace in ('public'::regnamespace, 'internal'::regnamespace)
        and not coalesce(proconfig @> '{"search_path=\\"\\""}', false)`;
    expect(open.map(({ proname }) => proname)).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('explains every table, view, column and function', async () => {
    const silent = await sql`
      select c.relname || coalesce('.' || a.attname, '') as name
      from pg_class c
      left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind = 'r'
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
        and (obj_description(c.oid, 'pg_class') is null
          or (c.relkind = 'r' and col_description(c.oid, a.attnum) is null))
      union all
      select p.proname from pg_proc p
      where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace)
        and obj_description(p.oid, 'pg_proc') is null`;
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('has the metrics table with its 24 columns, the five indexes of its queries, its key and the one that makes rows unique', async () => {
    const [{ columns }] = await sql`
      select count(*)::int as columns from information_schema.columns
      where table_schema = 'public' and table_name = 'ensemble_validation_metrics'`;
    expect(columns).toBe(24);
    const indexes = await sql`
      select regexp_replace(indexdef, '^.* USING ', '') as definition from pg_indexes
      where schemaname = 'public' and tablename = 'ensemble_validation_metrics' order by 1`;
    expect(indexes.map(({ definition }) => definition)).toEqual([
      'btree (id)',
      'btree (is_overfitting, created_at DESC) WHERE is_overfitting',
      'btree (is_overfitting, horizon, validation_date)',
      'btree (symbol, horizon)',
      'btree (symbol, horizon, validation_date DESC)',
      "btree (symbol, horizon, window_id, ((hyperparameters ->> 'config_hash'::text)))",
      'btree (validation_date)',
    ]);
  });
});
