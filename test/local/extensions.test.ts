import { createServer, type IncomingMessage, type Server } from 'node:http';
import { resolve } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matches, startCronRunner } from '../../src/local/cron-runner.ts';
import { type NetSender, startNetSender } from '../../src/local/net-sender.ts';
import { startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { eventually } from './support/eventually.ts';

interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Awaited<ReturnType<typeof startPostgres>>;
/** Role postgres, which migrations and functions run as. */
let sql: Sql;
/** The superuser, whom the workers run as. */
let admin: Sql;
let sender: NetSender;
let web: Server;
let webUrl: string;
const received: Received[] = [];
/** Lets requests to /held be answered. */
let release: () => void = () => {};
const held = { promise: Promise.resolve() };
function hold(): void {
  held.promise = new Promise((resolve) => {
    release = resolve;
  });
}

beforeAll(async () => {
  web = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ url: request.url!, method: request.method!, headers: request.headers, body });
    if (request.url === '/slow') return;
    if (request.url === '/held') await held.promise;
    response.writeHead(request.url === '/teapot' ? 418 : 200, {
      'content-type': 'text/plain',
      'x-mark': 'm',
    });
    response.end('answer');
  });
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
  webUrl = `http://127.0.0.1:${(web.address() as { port: number }).port}`;

  server = await startPostgres(resolve(import.meta.dirname, '../..'));
  sql = postgres(server.url('postgres'), { onnotice: () => {} });
  admin = postgres(server.url('supabase_admin'), { onnotice: () => {} });
  await sql`create extension if not exists pg_net with schema extensions`;
  await sql`create extension if not exists pg_cron with schema pg_catalog`;
  await sql`create extension if not exists supabase_vault`;
  sender = await startNetSender(admin, () => {}, { pause: 100 });
});

afterAll(async () => {
  await sender?.stop();
  await sql?.end();
  await admin?.end();
  await server?.stop();
  web?.closeAllConnections();
  web?.close();
});

function responseTo(id: string, timeoutMilliseconds?: number) {
  return eventually(
    async () => (await sql`select * from net._http_response where id = ${id}`)[0],
    timeoutMilliseconds,
  );
}

describe('pg_net', () => {
  test('a POST is sent with its body, headers and parameters, and its response is stored', async () => {
    const [row] = await sql`
      select net.http_post(
        ${`${webUrl}/post`}, body => '{"a": 1}', params => '{"k": "ü &"}', headers => '{"apikey": "secret"}'
      ) as id
    `;
    const response = await responseTo(row!.id);
    expect(response).toMatchObject({
      status_code: 200,
      content_type: 'text/plain',
      content: 'answer',
      timed_out: false,
      error_msg: null,
    });
    expect(response.headers['x-mark']).toBe('m');
    const request = received.find(({ url }) => url.startsWith('/post'))!;
    expect(request).toMatchObject({ method: 'POST', url: '/post?k=%C3%BC%20%26', body: '{"a": 1}' });
    expect(request.headers).toMatchObject({ apikey: 'secret', 'content-type': 'application/json' });
  });

  test('a GET is sent, and a failing status is a response like any other', async () => {
    const [row] = await sql`select net.http_get(${`${webUrl}/teapot`}) as id`;
    expect(await responseTo(row!.id)).toMatchObject({ status_code: 418, error_msg: null });
  });

  test('nothing is sent before the commit, nor after a rollback', async () => {
    await sql.begin(async (transaction) => {
      await transaction`select net.http_post(${`${webUrl}/committed`})`;
      await new Promise((done) => setTimeout(done, 150));
      expect(received.some(({ url }) => url === '/committed')).toBe(false);
    });
    await eventually(() => received.find(({ url }) => url === '/committed'));

    const failure = new Error('roll back');
    const rolledBack = sql.begin(async (transaction) => {
      await transaction`select net.http_post(${`${webUrl}/rolled-back`})`;
      throw failure;
    });
    await expect(rolledBack).rejects.toBe(failure);
    const [row] = await sql`select net.http_post(${`${webUrl}/after`}) as id`;
    await responseTo(row!.id);
    expect(received.some(({ url }) => url === '/rolled-back')).toBe(false);
  });

  test('a request that takes too long is stored as timed out', async () => {
    const [row] = await sql`select net.http_get(${`${webUrl}/slow`}, timeout_milliseconds => 100) as id`;
    const response = await responseTo(row!.id);
    expect(response).toMatchObject({ status_code: null, timed_out: true });
    expect(response.error_msg).toMatch(/^Timeout of 100 ms reached/);
  });

  test('a server that is not there is stored as an error', async () => {
    const [row] = await sql`select net.http_get('http://127.0.0.1:9/') as id`;
    const response = await responseTo(row!.id);
    expect(response).toMatchObject({ status_code: null, timed_out: false });
    expect(response.error_msg).not.toBe('');
  });

  test('many requests at once are each sent once', async () => {
    const rows = await sql`
      select net.http_post(${`${webUrl}/many/`} || n) as id from generate_series(1, 120) as n
    `;
    const last = rows.at(-1)!.id;
    await eventually(async () => {
      const [row] = await sql`select count(*)::int as n from net._http_response where id > ${last} - 120`;
      return row!.n === 120 ? true : null;
    });
    const urls = received.map(({ url }) => url).filter((url) => url.startsWith('/many/'));
    expect(urls).toHaveLength(120);
    expect(new Set(urls).size).toBe(120);
  });

  test('a batch waits for its slowest: until then its rows stay in the queue, no answer is seen, and nothing else is sent', async () => {
    hold();
    const rows =
      await sql`select net.http_post(${webUrl} || path) as id from unnest(${['/held', '/quick']}::text[]) path`;
    await eventually(() => received.find(({ url }) => url === '/quick'));
    const [late] = await sql`select net.http_post(${`${webUrl}/late`}) as id`;
    await new Promise((done) => setTimeout(done, 300));
    const ids = rows.map(({ id }) => id);
    expect(await sql`select id from net._http_response where id = any (${ids})`).toHaveLength(0);
    expect(await sql`select id from net.http_request_queue`).toHaveLength(3);
    expect(received.some(({ url }) => url === '/late')).toBe(false);

    release();
    await responseTo(late!.id);
    const answers = await sql`select distinct created from net._http_response where id = any (${ids})`;
    expect(answers).toHaveLength(1);
    expect(await sql`select id from net.http_request_queue`).toHaveLength(0);
  });

  test('what was under way when the worker failed is sent again', async () => {
    await admin.unsafe(`
      create function net.fail() returns trigger language plpgsql as 'begin raise exception ''out of order''; end';
      create trigger fail before insert on net._http_response for each row execute function net.fail()`);
    const [row] = await sql`select net.http_post(${`${webUrl}/again`}) as id`;
    const sent = () => received.filter(({ url }) => url === '/again').length;
    await eventually(() => (sent() > 1 ? true : null));
    expect(await sql`select id from net.http_request_queue`).toHaveLength(1);
    await admin`drop function net.fail cascade`;
    expect(await responseTo(row!.id)).toMatchObject({ status_code: 200 });
  });

  test('an address that is none is refused at once', async () => {
    for (const url of ['not an address', '127.0.0.1:54321', 'ftp//x', 'http://', 'http://a b/']) {
      await expect(sql`select net.http_post(${url})`).rejects.toThrow(
        'URL using bad/illegal format or missing URL',
      );
    }
  });

  test('a body that is not JSON is refused', async () => {
    await expect(
      sql`select net.http_post(${webUrl}, headers => '{"Content-Type": "text/plain"}')`,
    ).rejects.toThrow('Content-Type header must be "application/json"');
  });
});

describe('pg_cron', () => {
  test('a named job is created once and then updated', async () => {
    const [first] = await sql`select cron.schedule('upsert', '*/5 * * * *', 'select 1') as id`;
    const [second] = await sql`select cron.schedule('upsert', '0 3 * * 1-5', 'select 2') as id`;
    expect(second!.id).toBe(first!.id);
    const jobs =
      await sql`select schedule, command, username, database, active from cron.job where jobname = 'upsert'`;
    expect([...jobs]).toEqual([
      {
        schedule: '0 3 * * 1-5',
        command: 'select 2',
        username: 'postgres',
        database: 'postgres',
        active: true,
      },
    ]);
    await sql`select cron.alter_job(${first!.id}, active => false)`;
    expect((await sql`select active from cron.job where jobid = ${first!.id}`)[0]).toEqual({ active: false });
    await sql`select cron.unschedule('upsert')`;
    expect(await sql`select 1 from cron.job where jobname = 'upsert'`).toHaveLength(0);
  });

  test.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    'a * * * *',
    '5-1 * * * *',
    '*/0 * * * *',
  ])('the schedule %j is refused', async (schedule) => {
    await expect(sql`select cron.schedule('bad', ${schedule}, 'select 1')`).rejects.toMatchObject({
      code: '22023',
      message: `invalid schedule: ${schedule}`,
    });
  });

  test('role postgres reads cron.job and changes it through the functions only', async () => {
    for (const statement of [
      `insert into cron.job (schedule, command) values ('* * * * *', 'select 1')`,
      `update cron.job set active = false`,
      `delete from cron.job`,
    ]) {
      await expect(sql.unsafe(statement)).rejects.toMatchObject({ code: '42501' });
    }
    await expect(sql`select cron.unschedule('no such job')`).rejects.toThrow(
      "could not find valid entry for job 'no such job'",
    );
  });

  test('due jobs run as their user at the start of the minute, one run at a time, and leave their details', async () => {
    await sql`create table ran (role text, at timestamptz default clock_timestamp())`;
    const [good] = await sql`
      select cron.schedule('good', '* * * * *', 'insert into ran (role) select current_user; select pg_sleep(1.5)') as id
    `;
    const [bad] = await sql`select cron.schedule('bad', '* * * * *', 'select 1 / 0') as id`;
    const [idle] = await sql`select cron.schedule('idle', '0 0 29 2 *', 'select 1') as id`;
    // A clock by which a minute begins 100 ms from now, and 700 ms after that the next: the first run lasts longer, the bad one ends before.
    const startedAt = Date.now();
    const aMinute = Date.UTC(2026, 0, 5, 12, 0);
    const now = () => {
      const elapsed = Date.now() - startedAt;
      return elapsed < 100 ? aMinute + 59_900 + elapsed : aMinute + 60_000 + 59_300 + (elapsed - 100);
    };
    const runner = await startCronRunner({
      sql: admin,
      urls: { postgres: server.url('postgres') },
      log: () => {},
      now,
    });
    try {
      const details = await eventually(async () => {
        const rows = await sql`
          select jobid, status, return_message, username, command, end_time > start_time as lasted
          from cron.job_run_details where status in ('succeeded', 'failed') order by runid
        `;
        return rows.some((row) => row.jobid === good!.id) ? rows : null;
      });
      expect(details.find((row) => row.jobid === good!.id)).toMatchObject({
        status: 'succeeded',
        return_message: '1 row',
        username: 'postgres',
        lasted: true,
      });
      expect(details.find((row) => row.jobid === bad!.id)).toMatchObject({
        status: 'failed',
        return_message: 'ERROR:  division by zero',
      });
      expect(details.some((row) => row.jobid === idle!.id)).toBe(false);
      expect([...(await sql`select role from ran`)]).toEqual([{ role: 'postgres' }]);
      // The next minute began while it ran.
      expect(await sql`select 1 from cron.job_run_details where jobid = ${good!.id}`).toHaveLength(1);
      await eventually(async () => {
        const runs = await sql`select 1 from cron.job_run_details where jobid = ${bad!.id}`;
        return runs.length > 1 || null;
      });
    } finally {
      await runner.stop();
    }
  });

  test('a run that was under way when the stack ended is marked as failed at the next start', async () => {
    await admin`insert into cron.job_run_details (jobid, username, status) values (999, 'postgres', 'running')`;
    const runner = await startCronRunner({ sql: admin, urls: {}, log: () => {} });
    await runner.stop();
    expect(
      (await admin`select status, return_message from cron.job_run_details where jobid = 999`)[0],
    ).toEqual({
      status: 'failed',
      return_message: 'server restarted',
    });
  });

  test.each([
    ['*/15 9-16 * * mon-fri', '2026-01-05T09:45:00Z', true],
    ['*/15 9-16 * * mon-fri', '2026-01-04T09:45:00Z', false],
    ['0 0 $ * *', '2026-02-28T00:00:00Z', true],
    ['0 0 $ * *', '2026-02-27T00:00:00Z', false],
    // Both days given: either will do, as in Vixie cron.
    ['0 0 13 * 5', '2026-01-02T00:00:00Z', true],
    ['0 0 * * 7', '2026-01-04T00:00:00Z', true],
    ['@hourly', '2026-01-04T05:00:00Z', true],
    ['@hourly', '2026-01-04T05:01:00Z', false],
  ])('%s at %s: %s', (schedule, minute, due) => {
    expect(matches(schedule, new Date(minute))).toBe(due);
  });
});

describe('supabase_vault', () => {
  test('secrets are created, read and updated by name', async () => {
    const [created] = await sql`select vault.create_secret('first', 'a name', 'a description') as id`;
    await sql`select vault.update_secret(${created!.id}, 'second')`;
    const [secret] = await sql`
      select name, description, decrypted_secret from vault.decrypted_secrets where id = ${created!.id}
    `;
    expect(secret).toEqual({ name: 'a name', description: 'a description', decrypted_secret: 'second' });
    await expect(sql`select vault.create_secret('x', 'a name')`).rejects.toMatchObject({ code: '23505' });
  });

  test.each(['anon', 'authenticated'])('%s sees nothing of it', async (role) => {
    const attempt = sql.begin(async (transaction) => {
      await transaction.unsafe(`set local role ${role}`);
      await transaction`select * from vault.decrypted_secrets`;
    });
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the Data API', () => {
  test('is told of definitions that change, and of no temporary table', async () => {
    const told: string[] = [];
    const listening = await sql.listen('pgrst', (payload) => told.push(payload));
    await sql.begin(async (transaction) => {
      await transaction`create temporary table passing on commit drop as select 1 as one`;
      await transaction`create index on pg_temp.passing (one)`;
      await transaction`drop table pg_temp.passing`;
      await transaction`create temporary table until_the_end (one integer) on commit drop`;
    });
    await sql`create table public.lasting (one integer)`;
    await eventually(() => told[0]);
    await sql`drop table public.lasting`;
    await eventually(() => told[1]);
    expect(told).toEqual(['reload schema', 'reload schema']);
    await listening.unlisten();
  });
});

describe('roles', () => {
  test('postgres is no superuser, and what it makes in public is open to the API roles until it is revoked', async () => {
    const [role] =
      await sql`select rolsuper, rolbypassrls, rolcreatedb from pg_roles where rolname = current_user`;
    expect(role).toEqual({ rolsuper: false, rolbypassrls: true, rolcreatedb: true });
    await sql`create table public.opened (x int)`;
    const [open] = await sql`select has_table_privilege('anon', 'public.opened', 'insert') as anon`;
    expect(open).toEqual({ anon: true });
    await sql`revoke all on public.opened from anon`;
    const [closed] = await sql`select has_table_privilege('anon', 'public.opened', 'select') as anon`;
    expect(closed).toEqual({ anon: false });
  });
});
