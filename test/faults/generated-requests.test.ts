import { Agent, request as httpRequest } from 'node:http';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/local/config.ts';
import { discoverFunctions } from '../../src/local/functions/discover-functions.ts';
import { plainCsv } from '../bars/support/export-shapes.ts';
import { goodBars } from '../bars/support/good-bars.ts';
import { badTokens } from '../support/bad-tokens.ts';
import { type FaultStack, startFaultStack } from './support/fault-stack.ts';
import { type GeneratedRequest, requests } from './support/request-generators.ts';
import {
  DAMAGE_KINDS,
  damagedUploads,
  type GeneratedUpload,
  goodUploads,
} from './support/upload-generators.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const FUNCTIONS = discoverFunctions(PROJECT, readConfig(PROJECT)).map(({ name }) => name);
/** To every function, in batches that are sent at once. */
const REQUESTS = 10_000;
const BATCH = 50;
const UPLOADS = 100;
/** Too few bars for anything. */
const SHORT = goodBars({ count: 3, until: '2024-01-04' });

/** Keys of market data providers that the functions could read, and must not say. */
const PLANTED = {
  ALPACA_KEY_ID: 'PLANTED-ALPACA-ID-5d1f',
  ALPACA_SECRET_KEY: 'PLANTED-ALPACA-SECRET-90ab',
  TIINGO_TOKEN: 'PLANTED-TIINGO-TOKEN-77c2',
};

let stack: FaultStack;
let userToken: string;
let tokens: readonly string[];
/** What no answer and no line of the log may hold. */
let secrets: string[];
const agent = new Agent({ keepAlive: true, maxSockets: BATCH });

beforeAll(async () => {
  stack = await startFaultStack({ environment: PLANTED });
  // Cron's tick would write while rows are counted.
  await stack.sql`select cron.unschedule(jobname) from cron.job`;
  const signUp = await fetch(`${stack.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: stack.publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'somebody@example.com', password: 'correct horse battery' }),
  });
  userToken = (await signUp.json()).access_token;
  const { keys } = stack;
  tokens = Object.values(badTokens(userToken, keys));
  secrets = [
    ...Object.values(PLANTED),
    ...Object.values(keys.secretKeys),
    ...Object.values(keys.databasePasswords),
    ...[keys.internalJwtSecret, String(keys.signingKey.d), userToken],
  ];
  // Seeds the ensemble in each process, and gives the forecasts a symbol with too few bars.
  const upload = { method: 'POST', rest: '?symbol=SHORT', body: encode(plainCsv(SHORT)) };
  const headers = { apikey: stack.secretKeys.default, 'content-type': 'text/csv' };
  expect((await send('ingest-bars', { ...upload, headers })).status).toBe(200);
  for (const name of FUNCTIONS)
    await send(name, { ...upload, headers: { ...headers, 'content-type': 'application/json' } });
});
afterAll(async () => {
  agent.destroy();
  await stack.stop();
});

const encode = (text: string) => new TextEncoder().encode(text);

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

function send(name: string, { method, rest, headers, body }: GeneratedRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const path = `/functions/v1/${name}${rest}`;
    const { port, hostname } = new URL(stack.url);
    // Without a length or "chunked" Node sends none of the body.
    const length = 'transfer-encoding' in headers ? {} : { 'content-length': body.length };
    const outgoing = httpRequest({ agent, hostname, port, method, path, headers: { ...headers, ...length } });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: JSON.stringify(response.rawHeaders),
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.end(body);
  });
}

/** How many rows every table of ours has, and every job of cron. */
async function rowCounts(): Promise<string> {
  const tables = await stack.sql`
    select c.oid::regclass::text as name from pg_class c
    where c.relnamespace in ('public'::regnamespace, 'internal'::regnamespace) and c.relkind = 'r' order by 1`;
  const names = [...tables.map(({ name }) => name), 'cron.job', 'vault.secrets'];
  const counts = names.map((name) => `select '${name}' as name, count(*) as n from ${name}`);
  const rows = await stack.sql.unsafe(counts.join(' union all '));
  return rows.map(({ name, n }) => `${name} ${n}`).join('\n');
}

/** What is wrong with an answer; null when nothing is. */
function flaw(request: GeneratedRequest, answer: Answer): string | null {
  const told = `${answer.headers}${answer.body}`;
  if (secrets.some((secret) => told.includes(secret))) return 'tells a secret';
  if (answer.status >= 500) return 'is an error of ours';
  if (answer.status === 204) return request.method === 'OPTIONS' ? null : 'is empty';
  if (request.method === 'HEAD') return answer.status >= 400 ? null : 'is good';
  let body: { code?: unknown; message?: unknown };
  try {
    body = JSON.parse(answer.body);
  } catch {
    return 'is not JSON';
  }
  if (answer.status < 300) return null;
  const coded = typeof body.code === 'string' && /^[a-z][a-z0-9_]*$/.test(body.code);
  return coded && typeof body.message === 'string' && body.message !== '' ? null : 'has no code and message';
}

describe.each(FUNCTIONS)(`${REQUESTS} generated requests to %s`, (name) => {
  it('get a good answer or a coded refusal, store nothing and are told no secret', async () => {
    const linesBefore = stack.lines.length;
    const before = await rowCounts();
    const statuses: Record<number, number> = {};
    const known = {
      secretKeys: Object.values(stack.secretKeys),
      userToken,
      publishableKey: stack.publishableKey,
      badTokens: tokens,
    };
    const batches = fc.array(requests(known), { minLength: BATCH, maxLength: BATCH });
    const property = fc.asyncProperty(batches, async (batch) => {
      const answers = await Promise.all(batch.map((request) => send(name, request)));
      const flaws = answers.flatMap((answer, i) => {
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        const found = flaw(batch[i], answer);
        if (found === null) return [];
        const { body, ...request } = batch[i];
        return [{ found, request, body: new TextDecoder().decode(body).slice(0, 300), answer }];
      });
      expect(flaws).toEqual([]);
      expect(await rowCounts()).toBe(before);
    });
    await fc.assert(property, { seed: 4, numRuns: REQUESTS / BATCH, endOnFailure: true });

    console.log(name, statuses);
    // Both sides of the door were tried.
    expect(Object.values(statuses).reduce((sum, n) => sum + n, 0)).toBe(REQUESTS);
    expect(statuses[401]).toBeGreaterThan(REQUESTS / 10);
    expect(REQUESTS - statuses[401]).toBeGreaterThan(REQUESTS / 10);
    const told = stack.lines
      .slice(linesBefore)
      .filter((line) => secrets.some((secret) => line.includes(secret)));
    expect(told).toEqual([]);
    expect(stack.lines.slice(linesBefore).filter((line) => line.includes('ended ('))).toEqual([]);
  });
});

/** What a client sends to have bars stored. */
function uploadRequest({ symbol, asJson, calendar, bars }: GeneratedUpload): GeneratedRequest {
  const words = { symbol, ...(calendar !== undefined && { calendar: calendar.name }) };
  const csv = plainCsv(bars());
  return {
    method: 'POST',
    rest: asJson ? '' : `?${new URLSearchParams(words)}`,
    headers: { apikey: stack.secretKeys.cron, 'content-type': asJson ? 'application/json' : 'text/csv' },
    body: encode(asJson ? JSON.stringify({ ...words, csv }) : csv),
  };
}

describe('generated uploads', () => {
  it('that are right are stored, all of them and nothing else', async () => {
    const property = fc.asyncProperty(goodUploads, async (upload) => {
      const { symbol, calendar, bars } = upload;
      await stack.sql`delete from public.bars`;
      const answer = await send('ingest-bars', uploadRequest(upload));
      expect([answer.status, answer.body]).toEqual([200, expect.any(String)]);
      const stored = await stack.sql`
        select s.symbol, s.calendar, to_char(b.bar_time at time zone 'UTC', 'YYYY-MM-DD') as time,
          b.open, b.high, b.low, b.close, b.volume
        from public.bars b join public.symbols s on s.id = b.symbol_id order by b.bar_time`;
      const expected = bars().map((bar) => ({ symbol, calendar: calendar?.name ?? 'XNYS', ...bar }));
      expect(stored.map((row) => ({ ...row }))).toEqual(expected);
    });
    await fc.assert(property, { seed: 4, numRuns: UPLOADS, endOnFailure: true });
  });

  it('that are damaged are refused by the code of their fault, and store nothing', async () => {
    const before = await rowCounts();
    const tried = new Set<string>();
    const property = fc.asyncProperty(damagedUploads, async (upload) => {
      tried.add(upload.damage);
      const request = uploadRequest(upload);
      const answer = await send('ingest-bars', request);
      expect(flaw(request, answer), answer.body).toBeNull();
      expect([upload.damage, JSON.parse(answer.body).code]).toEqual([upload.damage, upload.code]);
      expect(await rowCounts()).toBe(before);
    });
    await fc.assert(property, { seed: 4, numRuns: UPLOADS, endOnFailure: true });
    expect(tried.size).toBe(DAMAGE_KINDS);
  });
});
