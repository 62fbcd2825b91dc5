import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/local/config.ts';
import { discoverFunctions } from '../../src/local/functions/discover-functions.ts';
import { readKeys } from '../../src/local/keys.ts';
import { badTokens } from '../support/bad-tokens.ts';
import { stack } from '../support/own-stack.ts';
import { API_ROLES, type ApiRole, catalogueAccess, expectedAccess } from './support/access-table.ts';
import { operatorClient, ownerSql, signedInClient, stopCron } from './support/stack-clients.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

let sql: postgres.Sql;
let userToken: string;
let operatorToken: string;
/** The columns that each role may read, by relation. */
let columns: Map<string, string>;
const expected = expectedAccess();
/** Every Edge Function, as the platform finds them. */
const functions = discoverFunctions(PROJECT, readConfig(PROJECT)).map(({ name }) => name);

beforeAll(async () => {
  sql = ownerSql();
  // Its ticks and slots would write while rows are counted: a report three times a day, for one.
  await stopCron(sql);
  userToken = (await signedInClient()).token;
  operatorToken = (await operatorClient()).token;
  const readable = await sql`
    select r.role || ' ' || c.relname as key, string_agg(a.attname, ',' order by a.attnum) as names
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    cross join unnest(${[...API_ROLES]}::text[]) r(role)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and has_column_privilege(r.role, c.oid, a.attnum, 'select')
    group by 1`;
  columns = new Map(readable.map(({ key, names }) => [key, names]));
});
afterAll(() => sql.end());

type Headers = Record<string, string>;

const headersOf: Record<ApiRole, () => Headers> = {
  anon: () => ({ apikey: stack.publishableKey }),
  authenticated: () => ({
    apikey: stack.publishableKey,
    authorization: `Bearer ${userToken}`,
  }),
  service_role: () => ({ apikey: stack.secretKey }),
};

function rest(path: string, method: string, headers: Headers, body?: unknown): Promise<Response> {
  return fetch(`${stack.url}/rest/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** How many rows every table has: what a refused request must not change. */
async function rowCounts(): Promise<Record<string, number>> {
  const tables = await sql`
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`;
  const counts: Record<string, number> = {};
  for (const { relname } of tables) {
    const [{ count }] = await sql`select count(*)::integer from ${sql(`public.${relname}`)}`;
    counts[relname] = count;
  }
  return counts;
}

const relations = Object.keys(expected).flatMap(
  (object) => /^(?:table|view) public\.(.*)$/.exec(object)?.[1] ?? [],
);

describe('the table of access', () => {
  it('is what the catalogue says: no object without a line, no line without an object', async () => {
    expect(await catalogueAccess(sql)).toEqual(expected);
  });

  it('needs no sequence, and no schema but public', async () => {
    const open = await sql`
      select r.role, c.relname as name from pg_class c cross join unnest(${[...API_ROLES]}::text[]) r(role)
      where c.relkind = 'S' and c.relnamespace in ('public'::regnamespace, 'internal'::regnamespace)
        and (has_sequence_privilege(r.role, c.oid, 'usage') or has_sequence_privilege(r.role, c.oid, 'select')
          or has_sequence_privilege(r.role, c.oid, 'update'))`;
    expect([...open]).toEqual([]);
    const schemas = await sql`
      select r.role || ' ' || n.nspname || ' ' || p.name as entry
      from pg_namespace n cross join unnest(${[...API_ROLES]}::text[]) r(role)
      cross join unnest(array['usage', 'create']) p(name)
      where n.nspname in ('public', 'internal', 'cron') and has_schema_privilege(r.role, n.oid, p.name)
      order by 1`;
    expect(schemas.map(({ entry }) => entry)).toEqual([
      'anon public usage',
      'authenticated public usage',
      'service_role public usage',
    ]);
  });

  it.each(API_ROLES)('holds over HTTP for %s: tables and views', async (role) => {
    const before = await rowCounts();
    for (const name of relations) {
      const rights = (expected[`table public.${name}`] ?? expected[`view public.${name}`]).split(' | ');
      const granted = rights[API_ROLES.indexOf(role)].split(' ');
      const headers = headersOf[role]();
      const names = columns.get(`${role} ${name}`) ?? '*';
      const attempts = {
        select: await rest(`${name}?limit=1&select=${names}`, 'GET', headers),
        insert: await rest(name, 'POST', headers, {}),
        update: await rest(`${name}?created_at=is.null`, 'PATCH', headers, { created_at: null }),
        delete: await rest(`${name}?limit=1`, 'DELETE', headers),
      };
      for (const [right, response] of Object.entries(attempts)) {
        const body = await response.text();
        const opened = response.ok;
        expect({ role, name, right, opened, body: opened ? '' : body }).toMatchObject({
          opened: granted.includes(right),
        });
      }
    }
    expect(await rowCounts()).toEqual(before);
  });

  it('holds over HTTP for a user with the claim and one without: operations are for the one alone', async () => {
    const operations = relations.filter((name) =>
      (expected[`table public.${name}`] ?? expected[`view public.${name}`]).includes('by operators'),
    );
    const count = async (name: string, token: string) => {
      const headers = { apikey: stack.publishableKey, authorization: `Bearer ${token}` };
      const names = columns.get(`authenticated ${name}`);
      const response = await rest(`${name}?limit=1&select=${names}`, 'GET', headers);
      expect([name, response.status]).toEqual([name, 200]);
      return (await response.json()).length;
    };
    // As a user's request leaves them that came to nothing.
    await sql`
      with run as (
        insert into public.runs (kind, idempotency_key, requested_via, requested_by, status, error_code, error_message, finished_at)
        values ('forecast', 'access', 'http', gen_random_uuid(), 'failed', 'x', 'x', now()) returning id)
      insert into public.jobs (run_id, kind, idempotency_key, payload, status, error_code, error_message, finished_at)
      select id, 'forecast', 'access', '{}', 'dead', 'x', 'x', now() from run`;
    const seen: unknown[] = [];
    for (const name of operations) {
      const [{ exists }] = await sql`select exists (select from ${sql(`public.${name}`)}) as exists`;
      const [asUser, asOperator] = [await count(name, userToken), await count(name, operatorToken)];
      expect([name, asOperator]).toEqual([name, exists ? 1 : 0]);
      if (name !== 'settings') expect([name, asUser]).toEqual([name, 0]);
      if (asOperator > 0) seen.push(name);
    }
    expect(seen).toEqual(
      expect.arrayContaining(['runs', 'jobs', 'settings', 'schedule_slots', 'vw_run_health']),
    );
    const settings = await rest('settings?select=name&order=name', 'GET', headersOf.authenticated());
    expect(await settings.json()).toEqual([{ name: 'divergence_levels' }, { name: 'publishing_enabled' }]);
  });

  it('keeps the tokens of leases from operators, and every other column of jobs is theirs', async () => {
    const all = await sql`
      select attname from pg_attribute where attrelid = 'public.jobs'::regclass and attnum > 0 and not attisdropped`;
    const readable = columns.get('authenticated jobs')!.split(',');
    expect(all.map(({ attname }) => attname).filter((name) => !readable.includes(name))).toEqual([
      'lease_token',
    ]);
    const headers = { apikey: stack.publishableKey, authorization: `Bearer ${operatorToken}` };
    for (const names of ['lease_token', '*']) {
      const response = await rest(`jobs?limit=1&select=${names}`, 'GET', headers);
      expect([names, response.status, (await response.json()).code]).toEqual([names, 403, '42501']);
    }
  });

  it.each(['user_metadata', 'app_metadata as text'])(
    'takes no claim that a user could have made: %s',
    async (flaw) => {
      const client = await signedInClient();
      const [{ id }] = await sql`select id from auth.users order by created_at desc limit 1`;
      if (flaw === 'user_metadata') {
        const { error } = await client.client.auth.updateUser({ data: { operator: true } });
        expect(error).toBeNull();
      } else {
        await sql`update auth.users set raw_app_meta_data = '{"operator": "true"}' where id = ${id}`;
      }
      const { data } = await client.client.auth.refreshSession();
      const headers = { apikey: stack.publishableKey, authorization: `Bearer ${data.session!.access_token}` };
      expect(await (await rest('schedule_slots?limit=1', 'GET', headers)).json()).toEqual([]);
    },
  );

  it.each(['anon', 'authenticated'] as const)('holds over HTTP for %s: functions', async (role) => {
    const before = await rowCounts();
    const place = API_ROLES.indexOf(role);
    const names = Object.entries(expected).flatMap(([object, rights]) => {
      const [, schema, name] = /^function (\w+)\.(.*)$/.exec(object) ?? [];
      return name === undefined || (schema === 'public' && rights.split(' | ')[place] === 'execute')
        ? []
        : name;
    });
    for (const name of names) {
      const arguments_ = await sql`
        select unnest(p.proargnames[1:p.pronargs]) as name from pg_proc p
        where p.proname = ${name} and p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace)`;
      const body = Object.fromEntries(arguments_.map(({ name }) => [name, null]));
      for (const profile of ['public', 'internal']) {
        const response = await rest(
          `rpc/${name}`,
          'POST',
          { ...headersOf[role](), 'content-profile': profile },
          body,
        );
        await response.arrayBuffer();
        expect({ role, name, profile, status: response.status }).toMatchObject({
          status: expect.toSatisfy((status: number) => status >= 400 && status < 500),
        });
      }
    }
    expect(await rowCounts()).toEqual(before);
  });
});

describe("a token that is not a user's", () => {
  it('opens neither the Data API nor any function, on either header', async () => {
    const { url, publishableKey } = stack;
    const before = await rowCounts();
    const opened: unknown[] = [];
    const keys = readKeys(stack.dataDirectory)!;
    for (const [flaw, token] of Object.entries(badTokens(userToken, keys))) {
      const asBearer = { authorization: `Bearer ${token}` };
      const ways: Headers[] = [
        asBearer,
        { ...asBearer, apikey: publishableKey },
        { apikey: token },
        { ...asBearer, apikey: token },
      ];
      for (const headers of ways) {
        const symbols = await rest('symbols?limit=1', 'GET', headers);
        const rows = await symbols.text();
        if (symbols.status !== 401)
          opened.push([flaw, Object.keys(headers), 'symbols', symbols.status, rows]);
        const rpc = await rest('rpc/dispatch_workers', 'POST', headers, {});
        await rpc.arrayBuffer();
        if (rpc.ok) opened.push([flaw, Object.keys(headers), 'rpc']);
        for (const name of functions) {
          const response = await fetch(`${url}/functions/v1/${name}`, {
            method: 'POST',
            headers,
            body: '{}',
          });
          const { code } = await response.json();
          if (response.status !== 401 || !['unauthorized', 'legacy_token'].includes(code)) {
            opened.push([flaw, Object.keys(headers), name, response.status, code]);
          }
        }
      }
    }
    expect(opened).toEqual([]);
    expect(await rowCounts()).toEqual(before);
  });

  it('is told from one that is: the same requests with a good token are let in', async () => {
    const { url } = stack;
    expect((await rest('symbols?limit=1', 'GET', headersOf.authenticated())).status).toBe(200);
    const headers = { authorization: `Bearer ${userToken}` };
    const response = await fetch(`${url}/functions/v1/forecast`, { headers });
    expect([response.status, (await response.json()).code]).toEqual([400, 'invalid_input']);
  });
});

describe('a key', () => {
  it('of another kind opens no function, on either header', async () => {
    const { url, publishableKey, secretKey } = stack;
    const almost = `${secretKey.slice(0, -1)}${secretKey.endsWith('A') ? 'B' : 'A'}`;
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    for (const headers of [
      { apikey: publishableKey },
      { apikey: almost },
      { apikey: secretKey.slice(0, -1) },
      { apikey: `${secretKey}A` },
      { apikey: '' },
      bearer(publishableKey),
      bearer(secretKey),
      bearer(almost),
      { apikey: publishableKey, ...bearer(secretKey) },
    ]) {
      for (const name of functions) {
        const response = await fetch(`${url}/functions/v1/${name}`, { method: 'POST', headers, body: '{}' });
        expect([name, headers, response.status, (await response.json()).code]).toEqual([
          name,
          headers,
          401,
          'unauthorized',
        ]);
      }
    }
  });

  it('is all that a function for operators takes: no user calls it', async () => {
    for (const name of functions.filter((name) => name !== 'forecast')) {
      const response = await fetch(`${stack.url}/functions/v1/${name}`, {
        method: 'POST',
        headers: headersOf.authenticated(),
        body: '{}',
      });
      expect([name, response.status]).toEqual([name, 401]);
      await response.arrayBuffer();
    }
  });

  it('for workers is the one that the database calls with, and no other secret key', async () => {
    const { url, secretKey, cronKey } = stack;
    const call = async (name: string, apikey: string) => {
      const response = await fetch(`${url}/functions/v1/${name}`, {
        method: 'POST',
        headers: { apikey },
        body: '{}',
      });
      return [name, response.status, (await response.json()).message];
    };
    for (const name of ['forecast-worker', 'check-divergence', 'relay']) {
      expect(await call(name, secretKey)).toEqual([name, 401, 'the secret key named cron is needed']);
      expect((await call(name, cronKey))[1]).not.toBe(401);
    }
    // These two are for operators as well; jobs of the queue are not.
    const headers = { apikey: secretKey, 'content-type': 'application/json' };
    for (const name of ['ingest-bars', 'rollout']) {
      const response = await fetch(`${url}/functions/v1/${name}`, { method: 'POST', headers, body: '{}' });
      expect([name, response.status]).toEqual([name, 401]);
      expect((await response.json()).message).toBe('the secret key named cron is needed');
    }
  });

  it('is needed by every function there is', () => {
    const entries = readdirSync(resolve(PROJECT, 'supabase/functions'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'));
    expect(functions).toEqual(folders.map(({ name }) => name).sort());
  });
});
