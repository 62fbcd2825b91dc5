// How many workers are asked for, how long a failure waits, and how a dead or stalled job comes back.
import { describe, expect, it } from 'vitest';
import { claimedJobSchema } from '../../src/shared/contracts/job.ts';
import { parse } from '../../src/shared/contracts/parse.ts';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import { addBars, addEnsemble, addJob, addRun, addWindow, claim } from './support/rows.ts';

const dispatch = async (sql: Transaction) => Number((await sql`select public.dispatch_workers() as n`)[0].n);
const jobOf = async (sql: Transaction, id: number) =>
  (await sql`select * from public.jobs where id = ${id}`)[0];
const runOf = async (sql: Transaction, id: string) =>
  (await sql`select * from public.runs where id = ${id}`)[0];
const sent = async (sql: Transaction) =>
  (
    await sql`select convert_from(body, 'UTF8')::jsonb ->> 'function' as name from net.http_request_queue order by id`
  ).map(({ name }) => name);
/** The oldest request that nobody has answered yet. */
const openRequest = async (sql: Transaction) =>
  Number(
    (
      await sql`select min(id) as id from public.worker_requests where claimed_at is null and ended_at is null`
    )[0].id,
  );
/** What pg_net had is sent. */
const forget = (sql: Transaction) => sql`delete from net.http_request_queue`;
const fail = (sql: Transaction, job: { id: number; lease_token: string }, retry: boolean) =>
  sql`select public.fail_job(${job.id}, ${job.lease_token}, 'hiccup', 'it hiccuped', ${retry}) as state`.then(
    ([{ state }]) => state,
  );

describe('dispatch', () => {
  it(
    'asks once a worker and not once a job, and never for more than max_workers, however often it ticks',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      for (let i = 0; i < 10; i++) await addJob(sql, run);
      expect(await dispatch(sql)).toBe(2);
      expect(await dispatch(sql)).toBe(0);
      expect(await sent(sql)).toEqual(['forecast-worker', 'forecast-worker']);

      // One of them claims: a place is taken, the other is on its way.
      await claim(sql, 'validate_window', await openRequest(sql));
      expect(await dispatch(sql)).toBe(0);
      await sql`select public.change_setting('max_workers', '5')`;
      expect(await dispatch(sql)).toBe(3);
      await sql`select public.change_setting('max_workers', '0')`;
      expect(await dispatch(sql)).toBe(0);
    }),
  );

  it(
    'asks for no more than there is to do',
    rolledBack(async (sql) => {
      expect(await dispatch(sql)).toBe(0);
      const run = await addRun(sql);
      await addJob(sql, run);
      await addJob(sql, run, 'check_divergence');
      await sql`select public.change_setting('max_workers', '9')`;
      expect(await dispatch(sql)).toBe(2);
      expect(await sent(sql)).toEqual(['check-divergence', 'forecast-worker']);
    }),
  );

  it(
    'asks for one worker of ingest jobs at a time, and for that one first',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      for (let i = 0; i < 3; i++) await addJob(sql, run, 'ingest');
      await addJob(sql, run);
      await sql`select public.change_setting('max_workers', '9')`;
      expect(await dispatch(sql)).toBe(2);
      expect(await sent(sql)).toEqual(['ingest-bars', 'forecast-worker']);
      await claim(sql, 'ingest', await openRequest(sql));
      await claim(sql, 'validate_window', await openRequest(sql));
      expect(await dispatch(sql)).toBe(0);
      await sql`update public.jobs set status = 'succeeded', lease_token = null, lease_until = null, finished_at = now()
        where status = 'running'`;
      // Its relay goes on to the next one.
      expect(await dispatch(sql)).toBe(0);
      await sql`update public.worker_requests set ended_at = now()`;
      expect(await dispatch(sql)).toBe(1);
      expect((await sent(sql)).at(-1)).toBe('ingest-bars');
    }),
  );

  it(
    'asks anew for what was lost: after 20 seconds that pg_net does not have it, or at once when it was refused',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      await addJob(sql, run);
      await sql`select public.change_setting('max_workers', '1')`;
      expect(await dispatch(sql)).toBe(1);
      expect(await dispatch(sql)).toBe(0);
      await sql`update public.worker_requests
        set requested_at = now() - interval '21 seconds', alive_until = now() - interval '1 second'`;
      expect(await dispatch(sql)).toBe(0);
      await forget(sql);
      expect(await dispatch(sql)).toBe(1);
      await forget(sql);
      await sql`
        insert into net._http_response (id, status_code, created) select max(net_request_id), 503, now() from public.worker_requests`;
      expect(await dispatch(sql)).toBe(1);
    }),
  );

  it(
    'gives no place to what was asked for before the clock was set back',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      for (let i = 0; i < 2; i++) await addJob(sql, run);
      await dispatch(sql);
      await sql`update public.worker_requests set requested_at = now() + interval '3 hours'`;
      expect(await dispatch(sql)).toBe(2);
    }),
  );

  it(
    'lets no function that nobody answers for take the places of the others',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      for (let i = 0; i < 3; i++) await addJob(sql, run, 'check_divergence');
      for (let i = 0; i < 3; i++) await addJob(sql, run);
      await dispatch(sql);
      expect(await sent(sql)).toEqual(['check-divergence', 'check-divergence']);
      await forget(sql);
      await sql`insert into net._http_response (id, status_code, created) select net_request_id, 404, now() from public.worker_requests`;
      await dispatch(sql);
      expect(await sent(sql)).toEqual(['forecast-worker', 'forecast-worker']);
      // It has its turn again after two minutes.
      await forget(sql);
      await sql`update public.worker_requests
        set requested_at = now() - interval '121 seconds', alive_until = now() - interval '101 seconds'`;
      await dispatch(sql);
      expect(await sent(sql)).toEqual(['check-divergence', 'check-divergence']);
    }),
  );

  it(
    'says so in a row when Vault lacks what it takes, and keeps its caller\u2019s effects',
    rolledBack(async (sql) => {
      await sql`delete from vault.secrets where name = 'cron_secret_key'`;
      await addJob(sql, await addRun(sql));
      expect(await dispatch(sql)).toBe(0);
      expect(await sent(sql)).toEqual([]);
      const [row] = await sql`select net_request_id, response_error from public.worker_requests`;
      expect(row).toEqual({
        net_request_id: null,
        response_error: 'not sent: project_url or cron_secret_key is missing in Vault',
      });
    }),
  );

  it(
    'notes of a request that its worker claimed a job, and what asked for nothing is not answered',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      for (let i = 0; i < 3; i++) await addJob(sql, run);
      await dispatch(sql);
      await claim(sql);
      const second = (await openRequest(sql)) + 1;
      await claim(sql, 'validate_window', second);
      const claimed =
        await sql`select claimed_at is not null as claimed from public.worker_requests order by id`;
      expect(claimed.map((row) => row.claimed)).toEqual([false, true]);
    }),
  );
});

describe('a failure waits', () => {
  it(
    'twice as long each time, at most ten minutes, and up to a quarter more by job and attempt',
    rolledBack(async (sql) => {
      const waits = await sql`
        select n, extract(epoch from internal.retry_delay(j, n))::float8 as seconds
        from generate_series(1, 12) n, generate_series(1, 50) j`;
      const differing = new Set<number>();
      for (const { n, seconds } of waits) {
        const base = Math.min(600, 5 * 2 ** (n - 1));
        expect(seconds).toBeGreaterThanOrEqual(base);
        expect(seconds).toBeLessThan(1.25 * base);
        if (n === 3) differing.add(seconds);
      }
      expect(differing.size).toBeGreaterThan(40);
      const [{ same }] = await sql`select internal.retry_delay(7, 2) = internal.retry_delay(7, 2) as same`;
      expect(same).toBe(true);
    }),
  );
});

describe('a dead job', () => {
  it(
    'is put back by an operator, from its beginning, and its run with it, and it is recorded',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      const id = await addJob(sql, run);
      expect(await fail(sql, (await claim(sql))!, false)).toBe('dead');
      expect((await runOf(sql, run)).status).toBe('failed');

      const [{ answer }] = await sql`select public.retry_job(${id}) as answer`;
      expect(answer).toEqual({ job: id, run, status: 'queued' });
      expect(await jobOf(sql, id)).toMatchObject({
        status: 'queued',
        attempts: 0,
        error_code: null,
        finished_at: null,
      });
      expect(await runOf(sql, run)).toMatchObject({
        status: 'running',
        jobs_done: 0,
        jobs_total: 1,
        error_code: null,
      });
      expect(await sql`select job_id, error_code, error_message from public.job_retries`).toEqual([
        { job_id: String(id), error_code: 'hiccup', error_message: 'it hiccuped' },
      ]);
      expect((await claim(sql))!.id).toBe(id);
    }),
  );

  it(
    'of a validation brings the divergence check back after it',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      const run = await addRun(sql);
      const [good, bad] = [await addJob(sql, run), await addJob(sql, run)];
      const end = async (job: { id: number }, status: string) => {
        await sql`select internal.end_job(j, ${status}, ${status === 'dead' ? 'x' : null}, ${status === 'dead' ? 'x' : null})
          from public.jobs j where j.id = ${job.id}`;
      };
      expect((await claim(sql))!.id).toBe(good);
      await end({ id: good }, 'succeeded');
      await claim(sql);
      await end({ id: bad }, 'dead');
      const check = (await claim(sql, 'check_divergence'))!;
      await end(check, 'succeeded');
      expect(await runOf(sql, run)).toMatchObject({ status: 'failed', jobs_total: 3, jobs_done: 3 });

      await sql`select public.retry_job(${bad})`;
      expect(await runOf(sql, run)).toMatchObject({ status: 'running', jobs_total: 2, jobs_done: 1 });
      await claim(sql);
      await end({ id: bad }, 'succeeded');
      const again = (await claim(sql, 'check_divergence'))!;
      expect(again.id).not.toBe(check.id);
      await end(again, 'succeeded');
      expect(await runOf(sql, run)).toMatchObject({ status: 'succeeded', jobs_total: 3, jobs_done: 3 });
    }),
  );

  it(
    'is not put back when it is not dead, not there, or was planned anew since',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      const id = await addJob(sql, run);
      const retry = (job: number) => refusalOf(sql, (s) => s`select public.retry_job(${job})`);
      expect((await retry(id)).code).toBe('not_dead');
      expect((await retry(987654)).code).toBe('unknown_job');
      await fail(sql, (await claim(sql))!, false);
      const other = await addRun(sql);
      await sql`update public.runs set idempotency_key = (select idempotency_key from public.runs where id = ${run}) where id = ${other}`;
      expect((await retry(id)).code).toBe('superseded');
    }),
  );
});

describe('reconcile', () => {
  it(
    'puts a stalled job back, so that its worker\u2019s late answer is refused and another takes it, and asks for that worker',
    rolledBack(async (sql) => {
      const id = await addJob(sql, await addRun(sql));
      const held = (await claim(sql))!;
      await sql`update public.jobs set lease_until = now() - interval '30 seconds' where id = ${id}`;
      await sql`select internal.reconcile()`;
      // Within another lease's length its worker may still report.
      expect((await jobOf(sql, id)).status).toBe('running');
      await sql`update public.jobs set lease_until = now() - interval '61 seconds' where id = ${id}`;
      await sql`delete from public.worker_requests`;
      const [{ made }] = await sql`select internal.reconcile() as made`;
      expect(made).toMatchObject({ revived: 1, dead: 0, workers: 1 });
      expect(await jobOf(sql, id)).toMatchObject({
        status: 'queued',
        error_code: 'lease_expired',
        attempts: 1,
      });
      const late = await refusalOf(
        sql,
        (s) => s`select public.save_step(${held.id}, ${held.lease_token}, '{}', 0.5)`,
      );
      expect(late.code).toBe('lease_lost');
      expect((await claim(sql))!.id).toBe(id);
    }),
  );

  it(
    'ends a job whose every attempt ran out of its lease, with the reason',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      const id = await addJob(sql, run);
      await claim(sql);
      await sql`update public.jobs set attempts = max_attempts, lease_until = now() - interval '1 second' where id = ${id}`;
      const [{ made }] = await sql`select internal.reconcile() as made`;
      expect(made).toMatchObject({ revived: 0, dead: 1 });
      expect(await runOf(sql, run)).toMatchObject({
        status: 'failed',
        error_code: 'lease_expired',
        error_message: 'No worker finished a step of validate_window within its lease in 5 attempts',
      });
    }),
  );

  it(
    'notes what pg_net says of a request, and not of an older one with the same number',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      await addJob(sql, run);
      await addJob(sql, run);
      await dispatch(sql);
      const [first, second] = await sql`select net_request_id as id from public.worker_requests order by id`;
      await sql`insert into net._http_response (id, timed_out, error_msg, created)
        values (${first.id}, true, 'Timeout of 60000 ms reached', now()), (${second.id}, false, null, now() - interval '1 day')`;
      await sql`select internal.reconcile_jobs()`;
      const errors = await sql`select response_error from public.worker_requests order by id`;
      expect(errors.map((row) => row.response_error)).toEqual(['Timeout of 60000 ms reached', null]);
    }),
  );
});

describe('the daily divergence check', () => {
  it(
    'is planned once a date for every symbol with a window that stands, and is a job that workers understand',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      const dates = await addBars(sql, 'SPY', '2026-07-10');
      await addBars(sql, 'MSFT', '2026-07-10');
      const plan = async (date: string) =>
        (
          await sql`select internal.plan_divergence_checks(array(select s.id from public.symbols s), ${date}) as n`
        )[0].n;
      expect(await plan('2026-07-13')).toBe(0);
      await addWindow(sql, 'SPY', dates, 0.1);
      expect(await plan('2026-07-13')).toBe(1);
      expect(await plan('2026-07-13')).toBe(0);
      expect(await plan('2026-07-14')).toBe(1);
      const job = parse(claimedJobSchema, await claim(sql, 'check_divergence'), 'a job');
      expect(job).toMatchObject({
        kind: 'check_divergence',
        payload: { symbol: 'SPY', horizon: '1D', ensemble: 'candidate' },
      });
      // It is no validation: the weekly one is not put off by it.
      expect(await sql`select distinct kind from public.runs`).toEqual([{ kind: 'divergence_check' }]);
      await sql`select public.complete_job(${job.id}, ${job.lease_token}, '{"open": [], "resolve": []}')`;
      expect((await runOf(sql, job.run_id)).status).toBe('succeeded');
    }),
  );
});

describe('with tens of thousands of jobs waiting', () => {
  it(
    'claims, steps and requests read no more than with a few',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      // A third may not be claimed yet, and a third has no attempt left: before, among and behind the others.
      await sql`
        insert into public.jobs (run_id, kind, idempotency_key, payload, run_after, attempts)
        select ${run}, (array['forecast', 'validate_window'])[1 + n % 2], 'waits ' || n, '{}',
          now() + case when n % 3 = 0 then interval '5 minutes' else '0' end, case when n % 3 = 1 then 5 else 0 end
        from generate_series(1, 20000) n`;
      await sql`analyze public.jobs`;
      const pages = async (call: string): Promise<number> => {
        // Once before, for what a connection reads only once.
        for (const last of [false, true]) {
          const [{ 'QUERY PLAN': plan }] = await sql.unsafe(
            `explain (analyze, buffers, format json) select ${call}`,
          );
          if (last) return plan[0].Plan['Shared Hit Blocks'] + plan[0].Plan['Shared Read Blocks'];
        }
        return 0;
      };
      const held = `(select id from public.jobs where status = 'running' limit 1), (select lease_token from public.jobs where status = 'running' limit 1)`;
      for (const call of [
        "public.claim_job('{validate_window, forecast}', '1')",
        "public.claim_job('{greet}', '1')",
        `public.save_step(${held}, '{}', 0.5)`,
        'internal.request_workers(2)',
        'internal.request_workers(2, false)',
        'internal.worker_places()',
        'internal.mend_clock_jumps()',
      ])
        expect([call, await pages(call)]).toEqual([call, expect.toSatisfy((n: number) => n < 300)]);
    }),
  );
});
