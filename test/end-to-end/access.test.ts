import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousClient, ownerSql, serviceClient, signedInClient } from './support/stack-clients.ts';

let sql: postgres.Sql;
/** Every table and view of the API, from the catalogue: a new one is tested without a change here. */
let relations: { name: string; kind: 'r' | 'v'; rls: boolean; invoker: boolean }[];

/** What not even a signed-in user reads: hundreds of kilobytes of a computation's inside, and messages that may tell of ours. */
const CLOSED_TO_USERS = new Set(['errors', 'job_checkpoints', 'joined_jobs']);

beforeAll(async () => {
  sql = ownerSql();
  relations = await sql`
    select relname as name, relkind as kind, relrowsecurity as rls,
      coalesce(reloptions @> '{security_invoker=true}', false) as invoker
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') order by 1`;
});
afterAll(() => sql.end());

async function privileges(role: string) {
  return sql`
    select c.relname as name, p.privilege
    from pg_class c
    cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p(privilege)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
      and has_table_privilege(${role}, c.oid, p.privilege)
    order by 1, 2`;
}

async function executable(role: string): Promise<string[]> {
  const functions = await sql`
    select p.pronamespace::regnamespace || '.' || p.proname as name from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace)
      and has_function_privilege(${role}, p.oid, 'execute')
    order by 1`;
  return functions.map(({ name }) => name);
}

describe('tables and views', () => {
  it('are there', () => {
    expect(relations.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['bars', 'forecasts', 'ensemble_validation_metrics', 'vw_overfitting_symbols']),
    );
  });

  it('have row-level security, and views look with the eyes of who asks', () => {
    for (const { name, kind, rls, invoker } of relations)
      expect([name, kind === 'r' ? rls : invoker]).toEqual([name, true]);
  });

  it('give anon nothing', async () => {
    expect(await privileges('anon')).toEqual([]);
    const client = anonymousClient();
    for (const { name } of relations) {
      const { error, status } = await client
        .from(name as 'bars')
        .select('*')
        .limit(1);
      expect([name, error?.code, status]).toEqual([name, '42501', 401]);
    }
  });

  it.each(['authenticated', 'service_role'])('let %s read, and only read', async (role) => {
    const open = relations.filter(({ name }) => role !== 'authenticated' || !CLOSED_TO_USERS.has(name));
    expect((await privileges(role)).map(({ name, privilege }) => `${privilege} ${name}`)).toEqual(
      open.map(({ name }) => `SELECT ${name}`),
    );
  });

  it('show a signed-in user what is there', async () => {
    const { client } = await signedInClient();
    for (const { name } of relations.filter(({ name }) => !CLOSED_TO_USERS.has(name))) {
      const { error } = await client
        .from(name as 'bars')
        .select('*')
        .limit(1);
      expect([name, error]).toEqual([name, null]);
    }
    expect((await client.from('symbols').select('symbol')).data!.length).toBeGreaterThan(10);
  });

  it('take no write from anybody but through functions', async () => {
    const row = { name: 'x', value: 1, description: 'x' };
    for (const client of [anonymousClient(), (await signedInClient()).client, serviceClient()]) {
      expect((await client.from('settings').insert(row)).error?.code).toBe('42501');
      expect((await client.from('settings').update({ value: 1 }).eq('name', 'max_workers')).error?.code).toBe(
        '42501',
      );
      expect((await client.from('settings').delete().eq('name', 'max_workers')).error?.code).toBe('42501');
    }
  });
});

describe('functions', () => {
  it('can be called by the service role alone, and the inner ones by none of the API but through its views', async () => {
    const throughViews = ['internal.is_configured', 'internal.timeframe_of'];
    expect(await executable('anon')).toEqual([]);
    expect(await executable('authenticated')).toEqual(throughViews);
    const callable = await executable('service_role');
    expect(callable).toContain('public.claim_job');
    expect(callable.filter((name) => !name.startsWith('public.'))).toEqual(throughViews);
    for (const role of ['authenticated', 'service_role']) {
      const [{ usage }] = await sql`select has_schema_privilege(${role}, 'internal', 'usage') as usage`;
      expect(usage).toBe(false);
    }
  });

  it('refuse a signed-in user over HTTP', async () => {
    const { client } = await signedInClient();
    expect((await client.rpc('plan_work', {})).error?.code).toBe('42501');
  });
});
