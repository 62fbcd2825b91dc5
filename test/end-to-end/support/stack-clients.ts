import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { sampleBarFile } from '../../../src/cli/bar-files.ts';
import type { StackAccess } from '../../../src/cli/call-function.ts';
import { type PlumblineClient, plumblineClient } from '../../../src/shared/store/client.ts';
import { stack } from '../../support/own-stack.ts';

/** The stack of these tests, as the command line sees one. */
export function stackAccess(): StackAccess {
  const { url, secretKey } = stack;
  return { url, secretKeys: { default: secretKey } };
}

/** supabase-js with the secret key. */
export function serviceClient(): PlumblineClient {
  return plumblineClient(stack.url, stack.secretKey);
}

/** supabase-js as somebody without an account. */
export function anonymousClient(): PlumblineClient {
  return plumblineClient(stack.url, stack.publishableKey);
}

/** supabase-js as a user who signed up just now, and their token. */
export async function signedInClient(): Promise<{ client: PlumblineClient; token: string }> {
  const client = anonymousClient();
  const email = `${randomUUID()}@example.com`;
  const { data, error } = await client.auth.signUp({ email, password: 'correct horse battery' });
  if (error !== null) throw error;
  return { client, token: data.session!.access_token };
}

/** Makes a user an operator, as the service role does, and signs in anew: the claim is in tokens from then on. */
export async function operatorClient(): Promise<{ client: PlumblineClient; token: string }> {
  const client = anonymousClient();
  const credentials = { email: `${randomUUID()}@example.com`, password: 'correct horse battery' };
  const signedUp = await client.auth.signUp(credentials);
  if (signedUp.error !== null) throw signedUp.error;
  const sql = ownerSql();
  await sql`
    update auth.users set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || '{"operator": true}'
    where id = ${signedUp.data.user!.id}`.finally(() => sql.end());
  const { data, error } = await client.auth.signInWithPassword(credentials);
  if (error !== null) throw error;
  return { client, token: data.session.access_token };
}

/** The database's owner: for what no client may see. Ended by the caller. */
export function ownerSql(): postgres.Sql {
  return postgres(stack.databaseUrl, { max: 2, onnotice: () => {} });
}

/** Has cron start nothing more, and waits for what it has started. */
export async function stopCron(sql: postgres.Sql): Promise<void> {
  await sql`select cron.alter_job(jobid, active := false) from cron.job`;
  await eventually(async () => {
    const running = await sql`select from cron.job_run_details where status = 'running'`;
    return running.length === 0 ? true : undefined;
  });
}

/** Calls an Edge Function; by default with the secret key. */
export async function callAs(
  headers: Record<string, string> | 'secret',
  path: string,
  init: { method?: string; body?: BodyInit; contentType?: string } = {},
): Promise<{ status: number; body: Record<string, never> & { code?: string; message?: string } }> {
  const { url, secretKey } = stack;
  const response = await fetch(`${url}/functions/v1/${path}`, {
    method: init.method ?? 'POST',
    body: init.body,
    headers: {
      'content-type': init.contentType ?? 'application/json',
      ...(headers === 'secret' ? { apikey: secretKey } : headers),
    },
  });
  return { status: response.status, body: await response.json() };
}

/** The header and the first `count` bars of the S&P 500's file, as CSV. */
export function sampleCsv(count: number): string {
  const lines = readFileSync(sampleBarFile().path, 'utf8').split('\n');
  return lines.slice(0, count + 1).join('\n');
}

/** Stores CSV text as a symbol's bars. */
export async function upload(symbol: string, csv: string) {
  return callAs('secret', `ingest-bars?symbol=${symbol}`, { body: csv, contentType: 'text/csv' });
}

/** Repeats until `get` gives something, after `pause` milliseconds each; fails after `timeout`. */
export async function eventually<T>(
  get: () => Promise<T | undefined>,
  timeout = 60_000,
  pause = 200,
): Promise<T> {
  const end = performance.now() + timeout;
  while (performance.now() < end) {
    const value = await get();
    if (value !== undefined) return value;
    await sleep(pause);
  }
  throw new Error(`not within ${timeout} ms`);
}
