import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stack } from '../support/own-stack.ts';
import { anonymousClient, callAs, ownerSql, serviceClient, signedInClient } from './support/stack-clients.ts';

let sql: postgres.Sql;
/** Every table and view of the API, from the catalogue: a new one is tested without a change here. */
let relations: { name: string; kind: 'r' | 'v'; rls: boolean; invoker: boolean }[];

/** What no user reads: hundreds of kilobytes of a computation's inside, who waits for which job, and bars, which `read_bars` gives. */
const CLOSED_TO_USERS = new Set(['bars', 'job_checkpoints', 'joined_jobs']);
/** Of these they read some columns. */
const BY_COLUMN = new Set(['jobs']);

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
    const open = relations.filter(
      ({ name }) => role !== 'authenticated' || !(CLOSED_TO_USERS.has(name) || BY_COLUMN.has(name)),
    );
    expect((await privileges(role)).map(({ name, privilege }) => `${privilege} ${name}`)).toEqual(
      open.map(({ name }) => `SELECT ${name}`),
    );
  });

  it('show a signed-in user what is there', async () => {
    const { client } = await signedInClient();
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
  it('can be called by the service role alone, but for read_bars, and the inner ones by none but through views', async () => {
    const throughViews = [
      'internal.calendar_days',
      'internal.covariates_in_use',
      'internal.is_configured',
      'internal.latest_rollout',
      'internal.may_read_operations',
      'internal.timeframe_of',
    ];
    expect(await executable('anon')).toEqual([]);
    expect(await executable('authenticated')).toEqual([...throughViews, 'public.read_bars']);
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

describe('what a user reads has a limit', () => {
  /** More than one answer of read_bars may hold. */
  const BARS = 1_100;

  beforeAll(async () => {
    await sql`insert into public.symbols (symbol, active) values ('PRICED', false)`;
    await sql`
      insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment)
      select s.id, '1D', date '2020-01-01' + g.day, g.day, g.day, g.day, g.day, 1, 'csv', 'file', 'all'
      from public.symbols s cross join generate_series(1, ${BARS}) g(day) where s.symbol = 'PRICED'`;
  });
  afterAll(async () => {
    await sql`delete from public.bars where symbol_id = (select id from public.symbols where symbol = 'PRICED')`;
  });

  it('gives bars a page at a time, newest first, and a thousand at most', async () => {
    const { client } = await signedInClient();
    const closes: number[] = [];
    for (let p_before: string | undefined; ; ) {
      const { data, error } = await client.rpc('read_bars', { p_symbol: 'PRICED', p_before, p_limit: 1_000 });
      if (error !== null) throw error;
      if (data.length === 0) break;
      expect(data.length).toBeLessThanOrEqual(1_000);
      closes.push(...data.map(({ close }) => close));
      p_before = data.at(-1)!.bar_time;
    }
    expect(closes).toEqual(Array.from({ length: BARS }, (_, i) => BARS - i));
    const latest = await client.rpc('read_bars', { p_symbol: 'PRICED' });
    expect(latest.data).toHaveLength(250);
    for (const p_limit of [0, 1_001, -1]) {
      const { error, status } = await client.rpc('read_bars', { p_symbol: 'PRICED', p_limit });
      expect([p_limit, status, error?.details]).toEqual([p_limit, 400, 'invalid_limit']);
    }
    expect((await client.rpc('read_bars', { p_symbol: 'NONE' })).data).toEqual([]);
  });

  it('gives no bars inside of other rows, and none of its table', async () => {
    const { token } = await signedInClient();
    const headers = { apikey: stack.publishableKey, authorization: `Bearer ${token}` };
    const embedding = ['symbols?select=symbol,bars(*)', 'symbols?select=symbol,bars(close)&bars.limit=1'];
    for (const path of [...embedding, 'bar_series?select=symbols(bars(close))', 'bars?limit=1']) {
      const response = await fetch(`${stack.url}/rest/v1/${path}`, { headers });
      expect([path, response.status, (await response.json()).code]).toEqual([path, 403, '42501']);
    }
  });

  it('cuts off statements after three seconds, and 24 of them at a time hold up neither workers nor other users', async () => {
    const settings = await sql`
      select rolname, rolconfig from pg_roles where rolname in ('anon', 'authenticated') order by rolname`;
    for (const { rolconfig } of settings) expect(rolconfig).toEqual(['statement_timeout=3s']);

    const { token } = await signedInClient();
    const other = (await signedInClient()).client;
    const headers = { apikey: stack.publishableKey, authorization: `Bearer ${token}` };
    const read = async () => {
      const response = await fetch(`${stack.url}/rest/v1/ensemble_weights?limit=1`, { headers });
      return { status: response.status, code: (await response.json()).code };
    };
    const rolledBack = new Error('rolled back');
    let reads: ReturnType<typeof read>[] = [];
    const held = sql.begin(async (transaction) => {
      // A read that would take as long as one lets it.
      await transaction`lock table public.ensemble_weights in access exclusive mode`;
      const began = performance.now();
      reads = Array.from({ length: 24 }, read);
      const first = Promise.race(reads).then((answer) => ({ ...answer, after: performance.now() - began }));
      await sleep(500);
      const worker = callAs({ apikey: stack.cronKey }, 'forecast-worker');
      const symbols = other.from('symbols').select('symbol').limit(1);
      expect([(await worker).status, (await symbols).status]).toEqual([200, 200]);
      expect(performance.now() - began).toBeLessThan(2_900);
      const { after, ...answer } = await first;
      expect(answer).toEqual({ status: 500, code: '57014' });
      expect(after).toBeGreaterThan(2_900);
      expect(after).toBeLessThan(6_000);
      throw rolledBack;
    });
    await expect(held).rejects.toBe(rolledBack);
    const answers = await Promise.all(reads);
    expect(answers.filter(({ status }) => ![200, 500].includes(status))).toEqual([]);
  });

  it('goes by what the role is set to, once the Data API is told', async () => {
    const { client } = await signedInClient();
    const set = async (limit: string) => {
      await sql.unsafe(`alter role authenticated set statement_timeout = '${limit}'`);
      await sql`notify pgrst, 'reload config'`;
      await sleep(100);
    };
    await set('150ms');
    const rolledBack = new Error('rolled back');
    try {
      const held = sql.begin(async (transaction) => {
        await transaction`lock table public.ensemble_weights in access exclusive mode`;
        const began = performance.now();
        const { error } = await client.from('ensemble_weights').select('id').limit(1);
        expect(error?.code).toBe('57014');
        expect(performance.now() - began).toBeLessThan(2_000);
        throw rolledBack;
      });
      await expect(held).rejects.toBe(rolledBack);
    } finally {
      await set('3s');
    }
  });
});
