import { request as httpRequest } from 'node:http';
import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../../src/local/stack.ts';
import { supabaseClient } from '../support/supabase-client.ts';
import { createUser } from './support/create-user.ts';
import { eventually } from './support/eventually.ts';
import { FIXTURE_FILES } from './support/fixture-files.ts';
import { createFixtureProject, type FixtureProject } from './support/fixture-project.ts';

let project: FixtureProject;
let stack: Stack;
let anonymous: SupabaseClient;
let service: SupabaseClient;
let user: SupabaseClient;
let userId: string;
let userToken: string;
const lines: string[] = [];

const EMAIL = 'quant@example.com';
const PASSWORD = 'correct horse';

beforeAll(async () => {
  project = createFixtureProject(FIXTURE_FILES);
  stack = await startStack({
    projectDirectory: project.directory,
    dataDirectory: project.dataDirectory,
    port: 0,
    fsync: false,
    environment: { GIVEN_IN_ENVIRONMENT: 'a value' },
    functionInstances: { open: 2 },
    functionTimeout: 1_500,
    functionWallClock: 1_000,
    log: (line) => lines.push(line),
  });
  anonymous = supabaseClient(stack.url, stack.publishableKey);
  service = supabaseClient(stack.url, stack.secretKeys.default);
  userId = await createUser(stack, EMAIL, PASSWORD);
  user = supabaseClient(stack.url, stack.publishableKey);
  const { data } = await user.auth.signInWithPassword({ email: EMAIL, password: PASSWORD });
  userToken = data.session!.access_token;
});

afterAll(async () => {
  await stack?.stop();
  project?.remove();
});

async function get(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(stack.url + path, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

describe('Data API', () => {
  test('anon is refused what was revoked, before and after every other request', async () => {
    const refusal = { status: 401, error: { code: '42501', message: 'permission denied for table things' } };
    expect(await anonymous.from('things').select()).toMatchObject(refusal);
    await service.from('things').select();
    await user.from('things').select();
    expect(await anonymous.from('things').select()).toMatchObject(refusal);
    expect(await anonymous.from('things').insert({ name: 'x', price: 1 })).toMatchObject(refusal);
    const [privileges] = await stack.sql`
      select has_table_privilege('anon', 'public.things', 'select') as anon,
        has_table_privilege('authenticated', 'public.things', 'insert') as authenticated,
        has_table_privilege('service_role', 'public.things', 'update') as service_role
    `;
    expect(privileges).toEqual({ anon: false, authenticated: false, service_role: false });
  });

  test('authenticated reads and may not write; service_role writes', async () => {
    expect((await user.from('things').select('name')).data).toEqual([{ name: 'seeded' }]);
    expect(await user.from('things').insert({ name: 'y', price: 1 })).toMatchObject({
      status: 403,
      error: { code: '42501' },
    });
    expect((await service.from('things').insert({ name: 'written', price: 2 })).status).toBe(201);
    expect((await service.from('things').delete().eq('name', 'written')).error).toBeNull();
  });

  test('numeric comes as a number, with its fraction', async () => {
    const { data } = await service.from('things').select('price').eq('name', 'seeded').single();
    expect(data).toEqual({ price: 1.5 });
  });

  test('role and user reach the database', async () => {
    expect((await user.rpc('who_am_i')).data).toEqual({ role: 'authenticated', uid: userId });
    expect((await anonymous.rpc('who_am_i')).data).toEqual({ role: 'anon', uid: null });
    expect((await service.rpc('who_am_i')).data).toEqual({ role: 'service_role', uid: null });
  });

  test('a statement may take 8 s, as on hosted projects', async () => {
    expect((await service.rpc('statement_timeout')).data).toBe('8s');
  });

  test.each([
    ['P0001', 400],
    ['23514', 400],
    ['22012', 400],
    ['42501', 403],
    ['28000', 403],
    ['42P01', 404],
    ['PT422', 422],
    ['40001', 500],
    ['XX000', 500],
  ])('a function that raises %s is answered with %i and the whole error', async (code, status) => {
    const answer = await service.rpc('fail', { sqlstate_to_raise: code });
    expect(answer.status).toBe(status);
    expect(answer.error).toMatchObject({
      code,
      message: `raised ${code}`,
      details: 'a detail',
      hint: 'a hint',
    });
  });

  test('what a function raises with a status stands in the line of the status too, and a line break in it breaks the answer', async () => {
    const refuse = (message: string) =>
      fetch(`${stack.url}/rest/v1/rpc/refuse`, {
        method: 'POST',
        headers: { apikey: stack.secretKeys.default, 'content-type': 'application/json' },
        body: JSON.stringify({ p_message: message }),
      });
    expect(await refuse('not now')).toMatchObject({ status: 409, statusText: 'not now' });
    expect(await refuse('à demain')).toMatchObject({ status: 409, statusText: 'à demain' });
    expect((await refuse('not now\r\nset-cookie: a=b')).status).toBe(500);
  });

  test('broken constraints are answered as PostgREST does', async () => {
    const things = () => service.from('things');
    expect(await things().insert({ name: 'z', price: -1 })).toMatchObject({
      status: 400,
      error: { code: '23514' },
    });
    expect(await things().insert({ name: 'seeded', price: 1 })).toMatchObject({
      status: 409,
      error: { code: '23505', details: 'Key (name)=(seeded) already exists.' },
    });
    expect(await things().insert({ name: 'z', price: 1, parent: 9e9 })).toMatchObject({
      status: 409,
      error: { code: '23503' },
    });
    expect(await things().insert({ name: 'z' })).toMatchObject({ status: 400, error: { code: '23502' } });
  });

  test('an unknown table or function is 404', async () => {
    expect(await service.from('no_such_table').select()).toMatchObject({
      status: 404,
      error: { code: 'PGRST205' },
    });
    expect(await service.rpc('no_such_function')).toMatchObject({ status: 404, error: { code: 'PGRST202' } });
  });

  test('no key, a wrong key and a token that is not ours are 401', async () => {
    expect((await get('/rest/v1/things')).status).toBe(401);
    expect((await get('/rest/v1/things', { headers: { apikey: 'sb_secret_wrong' } })).status).toBe(401);
    const forged = `${userToken.slice(0, -4)}AAAA`;
    const headers = { apikey: stack.publishableKey, authorization: `Bearer ${forged}` };
    expect((await get('/rest/v1/things', { headers })).status).toBe(401);
  });

  test('max_rows of config.toml caps an answer', async () => {
    await stack.sql`insert into things (name, price) select 'n' || n, 1 from generate_series(1, 5) as n`;
    expect((await service.from('things').select()).data).toHaveLength(3);
    await stack.sql`delete from things where name like 'n%'`;
  });

  test('a table made later is served', async () => {
    await stack.sql`create table public.made_later (x int)`;
    const answer = await eventually(async () => {
      const { error, data } = await service.from('made_later').select();
      return error === null ? data : null;
    });
    expect(answer).toEqual([]);
  });

  test('a browser of another origin is allowed', async () => {
    const response = await fetch(`${stack.url}/rest/v1/things`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
    });
    expect(response.ok).toBe(true);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-headers')).toContain('apikey');
  });
});

describe('Auth', () => {
  test('a user signs in, is known by the token, and stays signed in after a refresh', async () => {
    const client = supabaseClient(stack.url, stack.publishableKey);
    expect((await client.auth.signInWithPassword({ email: EMAIL, password: PASSWORD })).error).toBeNull();
    expect((await client.auth.getUser()).data.user?.id).toBe(userId);
    // Verified in this process with the published key set, as tokens of hosted projects are.
    expect((await client.auth.getClaims()).data?.claims).toMatchObject({
      sub: userId,
      iss: `${stack.url}/auth/v1`,
    });
    expect((await client.auth.refreshSession()).error).toBeNull();
    expect((await client.from('things').select('name')).error).toBeNull();
  });

  test('a wrong password is refused', async () => {
    const { error } = await anonymous.auth.signInWithPassword({ email: EMAIL, password: 'wrong' });
    expect(error).toMatchObject({ status: 400, code: 'invalid_credentials' });
  });

  test('createUser says why it is refused', async () => {
    await expect(createUser(stack, EMAIL, PASSWORD)).rejects.toMatchObject({ code: 'user_already_exists' });
    await expect(createUser(stack, 'other@example.com', 'short')).rejects.toMatchObject({
      code: 'weak_password',
    });
  });
});

describe('Edge Functions', () => {
  test('@supabase/server verifies a user and acts as the user', async () => {
    const { data } = await user.functions.invoke('context');
    expect(data).toEqual({
      mode: 'user',
      user: userId,
      admin: { role: 'service_role', uid: null },
      caller: { role: 'authenticated', uid: userId },
    });
  });

  test('@supabase/server knows the named secret key, and refuses another and none', async () => {
    const as = (apikey: string) => get('/functions/v1/context', { headers: { apikey } });
    expect(await as(stack.secretKeys.cron)).toMatchObject({ status: 200, body: { mode: 'secret' } });
    expect((await as(stack.secretKeys.default)).status).toBe(401);
    expect((await as(stack.publishableKey)).status).toBe(401);
    expect((await get('/functions/v1/context')).status).toBe(401);
  });

  test('verify_jwt lets only users of this project through, and a preflight', async () => {
    const as = (authorization: string) => get('/functions/v1/guarded', { headers: { authorization } });
    expect(await get('/functions/v1/guarded')).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHORIZED_NO_AUTH_HEADER' },
    });
    expect(await as(`Bearer ${stack.secretKeys.default}`)).toMatchObject({
      status: 401,
      body: { message: 'Invalid JWT' },
    });
    expect((await as(`Bearer ${userToken.slice(0, -4)}AAAA`)).status).toBe(401);
    expect((await as(`Bearer ${userToken}`)).status).toBe(200);
    expect((await fetch(`${stack.url}/functions/v1/guarded`, { method: 'OPTIONS' })).status).toBe(200);
  });

  test('a function sees its path from its name on', async () => {
    const headers = { authorization: `Bearer ${userToken}` };
    expect((await get('/functions/v1/guarded/a/b?c=d', { headers })).body).toEqual({
      path: '/guarded/a/b?c=d',
    });
  });

  test('an unknown function, shared code and an unknown path are 404', async () => {
    for (const name of ['unknown', '_shared', '..%2Fopen']) {
      expect(await get(`/functions/v1/${name}`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
    expect((await get('/storage/v1/bucket')).status).toBe(404);
  });

  test('a function that does not start is 503 and says why in the log', async () => {
    expect(await get('/functions/v1/broken')).toMatchObject({ status: 503, body: { code: 'BOOT_ERROR' } });
    expect(lines.some((line) => line.startsWith('[broken]') && line.includes('no-such-package'))).toBe(true);
  });

  test('10 MB reach a function that reads them', async () => {
    const answer = await get('/functions/v1/open/size', { method: 'POST', body: new Uint8Array(10_000_000) });
    expect(answer).toEqual({ status: 200, body: { bytes: 10_000_000 } });
  });

  test('10 MB may be refused unread, and the next request is served', async () => {
    const answer = await get('/functions/v1/open/refuse', {
      method: 'POST',
      body: new Uint8Array(10_000_000),
    });
    expect(answer).toEqual({ status: 413, body: 'too large' });
    expect((await get('/functions/v1/open')).status).toBe(200);
  });

  test('work handed to waitUntil goes on after the answer', async () => {
    expect((await get('/functions/v1/open/background')).body).toBe('answered');
    await eventually(() => lines.find((line) => line.includes('done after the answer')));
  });

  test('an isolate is shared by requests at the same time, and left when it idles', async () => {
    const both = () => Promise.all([1, 2, 3].map(() => get('/functions/v1/open/isolate?ms=300')));
    const counts = (await both()).map(({ body }) => (body as { counted: number }).counted);
    // Two processes: one of them has two of the three.
    expect(counts.sort()).toEqual([1, 1, 2]);
    expect((await get('/functions/v1/open/isolate?ms=0')).body).toEqual({ counted: 1 });
  });

  test('a rejection nobody caught is logged and ends nothing', async () => {
    expect((await get('/functions/v1/open/uncaught')).status).toBe(200);
    const line = await eventually(() => lines.find((line) => line.includes('nobody caught this')));
    expect(line).not.toMatch(/\p{Cc}/u);
    expect((await get('/functions/v1/open')).status).toBe(200);
  });

  test('a client that goes away is noticed by the function', async () => {
    const client = httpRequest(`${stack.url}/functions/v1/open/abort`);
    client.on('error', () => {});
    client.end();
    setTimeout(() => client.destroy(), 150);
    await eventually(() => lines.find((line) => line.includes('the client went away')));
  });

  test('requests at the same time go to different processes', async () => {
    const wait = () => get('/functions/v1/open/wait?ms=200');
    const [first, second] = await Promise.all([wait(), wait()]);
    expect((first.body as { pid: number }).pid).not.toBe((second.body as { pid: number }).pid);
  });

  test('an answer that does not begin in time is 504', async () => {
    expect(await get('/functions/v1/open/wait?ms=4000')).toMatchObject({
      status: 504,
      body: { code: 'IDLE_TIMEOUT' },
    });
  });

  test('a process that ends is 546 and is started again', async () => {
    expect(await get('/functions/v1/open/exit')).toMatchObject({
      status: 546,
      body: { code: 'WORKER_LIMIT' },
    });
    expect(lines.some((line) => /^\[open \d\] about to exit$/.test(line))).toBe(true);
    expect((await get('/functions/v1/open')).status).toBe(200);
  });

  test('work in the background ends with the isolate, and the function is started again', async () => {
    expect((await get('/functions/v1/open/endless')).body).toBe('answered');
    await eventually(() => lines.find((line) => line.includes('not settled 1000 ms after')));
    await eventually(() => lines.find((line) => /^\[open \d\] ended \(exit code 1\)/.test(line)));
    expect((await get('/functions/v1/open')).status).toBe(200);
  });

  test('a process that wants more than its memory ends, and the others go on', async () => {
    const hungry = get('/functions/v1/open/memory');
    await eventually(() => lines.find((line) => /^\[open \d\] ended \(SIG/.test(line)), 15_000);
    expect((await hungry).status).toBeGreaterThanOrEqual(500);
    expect((await get('/functions/v1/open')).status).toBe(200);
  });

  test('a function reads the project and calls 127.0.0.1, and no more', async () => {
    expect((await get('/functions/v1/open/escape')).body).toEqual({
      write: 'NotCapable',
      read: 'NotCapable',
      run: 'NotCapable',
      net: 'NotCapable',
    });
  });

  test('a function has the environment of hosted functions and nothing of this process', async () => {
    const { body } = await get('/functions/v1/open/environment');
    expect(body).toEqual(
      [
        ...['DENO_DIR', 'DENO_NO_UPDATE_CHECK', 'HOME', 'NO_COLOR', 'PATH'],
        ...['SUPABASE_DB_URL', 'SUPABASE_JWKS', 'SUPABASE_PUBLISHABLE_KEYS', 'SUPABASE_SECRET_KEYS'],
        ...['SUPABASE_URL', 'GIVEN_IN_ENVIRONMENT'],
      ].sort(),
    );
  });

  test('HEAD is answered without a body', async () => {
    const response = await fetch(`${stack.url}/functions/v1/open`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('the database reaches the functions', () => {
  test('by the URL and the key in Vault, through pg_net', async () => {
    const secrets =
      await stack.sql`select name, decrypted_secret as value from vault.decrypted_secrets order by name`;
    expect([...secrets]).toEqual([
      { name: 'given', value: 'a value' },
      { name: 'plumbline_cron_secret_key', value: stack.secretKeys.cron },
      { name: 'plumbline_project_url', value: stack.url },
    ]);
    const [row] = await stack.sql`select call_function('context') as id`;
    const response = await eventually(
      async () => (await stack.sql`select * from net._http_response where id = ${row!.id}`)[0],
    );
    expect(response).toMatchObject({ status_code: 200, timed_out: false });
    expect(JSON.parse(response.content)).toMatchObject({ mode: 'secret' });
  });
});
