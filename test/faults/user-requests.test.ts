import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lightEnsemble } from '../support/light-ensemble.ts';
import { type FaultStack, startFaultStack } from './support/fault-stack.ts';
import { BARS, prepareSmallWork } from './support/small-work.ts';
import { sendAs, userRequests } from './support/user-requests.ts';

/** The rollout's, whose forecasts are there. */
const USED = ['USED0', 'USED1'];
/** Nothing is planned for them: whoever asks has them fitted, as far as that goes. */
const ASKED = ['ASK0', 'ASK1', 'ASK2', 'FLAT'];
const BATCHES = 15;
const BATCH = 16;
/** Milliseconds after which no further batch begins. */
const ENOUGH = 240_000;

let stack: FaultStack;
let tokens: [string, string];
/** A run of the first user, which has ended. */
let run: string;

beforeAll(async () => {
  stack = await startFaultStack({ functionInstances: { 'forecast-worker': 2 } });
  await prepareSmallWork(stack, [...USED, ...ASKED.slice(0, 3)]);
  const { sql } = stack;
  const [header, ...days] = Array.from({ length: BARS + 1 }, (_, i) =>
    i === 0
      ? 'date,open,high,low,close,volume'
      : `${new Date(Date.UTC(2020, 0, i)).toISOString().slice(0, 10)},7,7,7,7,1`,
  );
  await call('ingest-bars?symbol=FLAT', stack.secretKeys.default, [header, ...days].join('\n'));
  await sql`update public.symbols set active = symbol = any (${USED})`;
  const [candidate, baseline] = [lightEnsemble('candidate'), lightEnsemble('baseline')];
  await sql`
    select public.start_rollout('Ada', ${sql.json(candidate.configuration as never)}, ${candidate.hash},
      ${sql.json(baseline.configuration as never)}, ${baseline.hash}, ${USED}, '0')`;
  await sql`select public.change_setting('max_workers', '2')`;
  await sql`select public.plan_work(1)`;
  await workIsDone();
  tokens = [await signUp('one@example.com'), await signUp('two@example.com')];
  const asked = await ask(tokens[0], 'ASK0');
  expect(asked.status).toBe(202);
  run = asked.body.run.id;
  await workIsDone();
});
afterAll(() => stack.stop());

async function call(path: string, apikey: string, body: string) {
  const headers = { apikey, 'content-type': 'text/csv' };
  const response = await fetch(`${stack.url}/functions/v1/${path}`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

async function signUp(email: string): Promise<string> {
  const response = await fetch(`${stack.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: stack.publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'correct horse battery' }),
  });
  return (await response.json()).access_token;
}

async function ask(token: string, symbol: string) {
  const response = await fetch(`${stack.url}/functions/v1/forecast`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ symbols: [symbol] }),
  });
  return { status: response.status, body: await response.json() };
}

/** Has workers do what waits, and waits for it and for what functions still write. */
async function workIsDone(): Promise<void> {
  const end = performance.now() + 120_000;
  for (let quiet = 0; quiet < 3; ) {
    if (performance.now() > end) throw new Error('jobs are open after 120 s');
    await stack.sql`update public.jobs set run_after = now() where status = 'queued'`;
    await stack.sql`select public.dispatch_workers()`;
    await sleep(200);
    const [{ open }] = await stack.sql`
      select count(*)::integer as open from public.jobs where status in ('queued', 'running')`;
    quiet = open === 0 ? quiet + 1 : 0;
  }
}

/** What no request of a user may change. */
async function whatStands() {
  const { sql } = stack;
  const text = async (query: string) => (await sql.unsafe(query)).map(({ row }) => row as string);
  const response = await fetch(`${stack.url}/functions/v1/forecast?run=${run}`, {
    headers: { authorization: `Bearer ${tokens[0]}` },
  });
  const [{ evidence }] = await sql`select internal.rollout_evidence() as evidence`;
  const { rollout, windows, compared, triggers, dead_jobs, failed_runs, errors, symbols } = evidence;
  return {
    rollouts: await text(
      `select (to_jsonb(t) - 'watched_until')::text as row from public.rollouts t order by 1`,
    ),
    events: await text(`select to_jsonb(t)::text as row from public.rollout_events t order by 1`),
    reached: await text(`select to_jsonb(t)::text as row from public.rollout_symbols t order by 1`),
    ensembles: await text(`select to_jsonb(t)::text as row from public.ensembles t order by 1`),
    settings: await text(`select to_jsonb(t)::text as row from public.settings t order by 1`),
    slots: await text(`select to_jsonb(t)::text as row from public.schedule_slots t order by 1`),
    pairs: await text(`select to_jsonb(t)::text as row from public.forecast_pairs t order by 1`),
    forecasts: await text(
      `select to_jsonb(t)::text as row from public.forecasts t where t.symbol = any (array['USED0', 'USED1', 'ASK0']) order by 1`,
    ),
    evidence: { rollout, windows, compared, triggers, dead_jobs, failed_runs, errors, symbols },
    result: [response.status, await response.json()],
  };
}

it('whatever users send, cut short or in whatever order, changes no rollout, no slot and no other user’s result', async () => {
  const { sql } = stack;
  const stands = await whatStands();
  expect(stands.result[0]).toBe(200);
  expect(stands.forecasts.length).toBeGreaterThanOrEqual(2 * USED.length + 1);
  const statuses: Record<string, number> = {};
  let date = Date.UTC(2026, 5, 1);
  let batches = 0;
  const property = fc.asyncProperty(
    fc.array(userRequests([...USED, ...ASKED], [run]), { minLength: BATCH, maxLength: BATCH }),
    async (batch) => {
      date += 86_400_000;
      const day = new Date(date).toISOString().slice(0, 10);
      // The schedule goes on meanwhile: what a slot does is its own affair, that it is done is what counts.
      const slots = sql`
        select internal.run_slot('score', ${day}, '14:10', now(), false) as score,
          internal.run_slot('purge', ${day}, '03:17', now(), false) as purge`;
      const [answers, [slot]] = await Promise.all([
        Promise.all(batch.map((request) => sendAs(stack, tokens, request))),
        slots,
      ]);
      for (const status of answers) statuses[String(status)] = (statuses[String(status)] ?? 0) + 1;
      await workIsDone();
      expect(slot.purge).toBe('done');
      expect(['done', 'skipped']).toContain(slot.score);
      expect(await sql`select source, code, message from public.errors`).toEqual([]);
      const [{ watched }] = await sql`select internal.watch_rollout() as watched`;
      expect(watched).toMatchObject({ triggers: [], rolled_back: false });
      expect(await whatStands()).toEqual(stands);
      expect((await ask(tokens[0], 'USED0')).status).toBe(200);
      batches += 1;
    },
  );
  await fc.assert(property, {
    seed: 16,
    numRuns: BATCHES,
    endOnFailure: true,
    interruptAfterTimeLimit: ENOUGH,
  });
  console.log({ batches: batches, statuses });
  // Right and wrong ones, and some that did not wait for their answer.
  for (const status of ['200', '202', '400', '401', 'null']) expect(statuses).toHaveProperty(status);
  expect(Object.keys(statuses).filter((status) => Number(status) >= 500)).toEqual([]);
  // A symbol that cannot be fitted was asked for.
  const dead =
    await sql`select distinct payload ->> 'symbol' as symbol from public.jobs where status = 'dead'`;
  expect(dead.map(({ symbol }) => symbol)).toEqual(['FLAT']);
});
