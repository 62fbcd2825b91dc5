import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import type { Bar } from '../../src/shared/series/series.ts';
import { plainCsv } from '../bars/support/export-shapes.ts';
import { sessionsUpTo } from '../bars/support/good-bars.ts';
import { lightEnsemble } from '../support/light-ensemble.ts';
import { type FaultStack, startFaultStack } from './support/fault-stack.ts';
import { BARS, prepareSmallWork } from './support/small-work.ts';
import { sendAs, userRequests } from './support/user-requests.ts';

/** The rollout's, whose forecasts are there. */
const USED = ['USED0', 'USED1'];
/** Whoever asks has them fitted, unless the schedule comes first; the first before all else. */
const ASKED = ['ASK0', 'ASK1', 'ASK2', 'ASK3', 'ASK4', 'ASK5', 'ASK6'];
/**
 * A fund that earns the same interest each session: its bars are good, and every return is the same, so that nothing
 * can be fitted.
 */
const CASH = 'CASH';
/** Is not active any more. */
const GONE = 'GONE';
/** New forecasts that a user may ask for in an hour: fewer than there are. */
const QUOTA = 2;
const BATCHES = 35;
const BATCH = 16;
/** Milliseconds after which no further batch begins. */
const ENOUGH = 240_000;

let stack: FaultStack;
let tokens: [string, string];
/** A run of the first user, which has ended. */
let run: string;

beforeAll(async () => {
  stack = await startFaultStack({ functionInstances: { 'forecast-worker': 2 } });
  await prepareSmallWork(stack, [...USED, ...ASKED, GONE]);
  const { sql } = stack;
  await call(`ingest-bars?symbol=${CASH}`, stack.secretKeys.default, plainCsv(cashBars()));
  await sql`update public.symbols set active = symbol = any (${USED})`;
  const [candidate, baseline] = [lightEnsemble('candidate'), lightEnsemble('baseline')];
  await sql`
    select public.start_rollout('Ada', ${sql.json(candidate.configuration as never)}, ${candidate.hash},
      ${sql.json(baseline.configuration as never)}, ${baseline.hash}, ${USED}, '0')`;
  await sql`select public.change_setting('max_workers', '2')`;
  await sql`select public.plan_work(1)`;
  await workIsDone();
  // From now on users may ask for them, and nothing is planned but by the test.
  await sql`update public.symbols set active = symbol = any (${[...USED, ...ASKED, CASH]})`;
  await sql`select public.change_setting('user_quota', ${sql.json({ forecasts: QUOTA, runs: 100 })})`;
  tokens = [await signUp('one@example.com'), await signUp('two@example.com')];
  const asked = await ask(tokens[0], 'ASK0');
  expect(asked.status).toBe(202);
  run = asked.body.run.id;
  expect((await ask(tokens[1], CASH)).status).toBe(202);
  await workIsDone();
});
afterAll(() => stack.stop());

/** As many as the others have. */
function cashBars(): Bar[] {
  const price = (i: number) => 100 * 1.0001 ** i;
  return sessionsUpTo('2021-12-31', BARS, NEW_YORK).map((time, i) => ({
    ...{ time, open: price(i), high: price(i + 1), low: price(i), close: price(i + 1), volume: 1 },
  }));
}

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

/** What users have cost so far: by forecast how many jobs, by user how much of the quota, and what health and reports make of it. */
async function whatItCost() {
  const { sql } = stack;
  const jobs = await sql`
    select payload ->> 'symbol' as symbol, payload ->> 'ensemble' as ensemble, count(*)::integer as jobs
    from public.jobs where kind = 'forecast' group by 1, 2 having count(*) > 1`;
  const [{ most }] = await sql`
    select coalesce(max(u.used), 0)::integer as most
    from (select sum(quota_used) as used from public.runs where requested_by is not null group by requested_by) u`;
  const [{ open }] = await sql`
    select count(*)::integer as open from public.runs where status in ('queued', 'running')`;
  const [health] = await sql`select status from public.vw_run_health where check_name = 'dead_jobs'`;
  const [report] = await sql`
    select jobs_dead, runs_failed from internal.compose_report(current_date, '08:00', now() + interval '1 minute')`;
  return { jobs: [...jobs], most, open, health: health.status, ...report };
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
    fc.array(userRequests([...USED, ...ASKED, CASH, GONE], [run]), { minLength: BATCH, maxLength: BATCH }),
    async (batch) => {
      date += 86_400_000;
      const day = new Date(date).toISOString().slice(0, 10);
      // The schedule goes on meanwhile: what a slot does is its own affair, that it is done is what counts.
      const slots = sql`
        select internal.run_slot('score', ${day}, '14:10', now(), false) as score,
          internal.run_slot('purge', ${day}, '03:17', now(), false) as purge`;
      // And plans what users may be asking for at the same moment.
      const planned = sql`
        select internal.plan_forecasts(array(select id from public.symbols where symbol = ${ASKED[Math.floor(batches / 4)] ?? ''}))`;
      const [answers, [slot]] = await Promise.all([
        Promise.all(batch.map((request) => sendAs(stack, tokens, request))),
        slots,
        planned,
      ]);
      for (const status of answers) statuses[String(status)] = (statuses[String(status)] ?? 0) + 1;
      await workIsDone();
      expect(slot.purge).toBe('done');
      expect(['done', 'skipped']).toContain(slot.score);
      expect(await sql`select source, code, message from public.errors`).toEqual([]);
      const [{ watched }] = await sql`select internal.watch_rollout() as watched`;
      expect(watched).toMatchObject({ triggers: [], rolled_back: false });
      expect(await whatStands()).toEqual(stands);
      const { most, ...cost } = await whatItCost();
      expect(cost).toEqual({ jobs: [], open: 0, health: 'ok', jobs_dead: 0, runs_failed: 0 });
      expect(most).toBeLessThanOrEqual(QUOTA);
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
  for (const status of ['200', '202', '400', '401', '409', '422', '429', 'null'])
    expect(statuses).toHaveProperty(status);
  expect(Object.keys(statuses).filter((status) => Number(status) >= 500)).toEqual([]);
  // The schedule had all that it planned, also what it joined.
  expect(
    await sql`
      select distinct status from public.runs
      where requested_via = 'schedule' and kind = 'forecast' and params #>> '{symbols,0}' = any (${ASKED})`,
  ).toEqual([{ status: 'succeeded' }]);
  // However often it was asked for.
  const dead = await sql`
    select payload ->> 'symbol' as symbol, error_code as code from public.jobs where status = 'dead'`;
  expect([...dead]).toEqual([{ symbol: CASH, code: 'constant_series' }]);
});
