import { describe, expect, it } from 'vitest';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import { addJob, addRun, claim } from './support/rows.ts';

const purge = async (sql: Transaction) => (await sql`select internal.purge() as made`)[0].made;

describe('purging', () => {
  it(
    'deletes what is older than retention_days, by kind, and nothing younger',
    rolledBack(async (sql) => {
      const days: Record<string, number> = (await sql`select internal.setting('retention_days') as days`)[0]
        .days;
      for (const offset of [1, -1]) {
        const old = (kind: string) =>
          sql`now() - make_interval(days => ${days[kind]}, mins => ${offset * 5})`;
        await sql`insert into public.cron_ticks (job, ticked_at) values ('dispatch', date_trunc('minute', ${old('cron_ticks')}, 'UTC'))`;
        await sql`insert into public.worker_requests (function_name, requested_at) values ('x', ${old('worker_requests')})`;
        await sql`insert into public.errors (source, code, message, occurred_at) values ('x', 'x', 'x', ${old('runs')})`;
        await sql`insert into public.slot_runs (slot, slot_date, local_time, due_at, status, started_at, finished_at)
          values ('purge', (${old('slot_runs')})::date + ${offset}::integer, '03:17', ${old('slot_runs')}, 'done', now(), now())`;
        await sql`select internal.report_canary(('2026-07-14'::date + ${offset}::integer), '08:00')`;
        await sql`update public.canary_reports set issued_at = ${old('canary_reports')} where report_date = '2026-07-14'::date + ${offset}::integer`;
        const ended = await addRun(sql);
        await addJob(sql, ended);
        await sql`update public.jobs set status = 'succeeded', finished_at = now() where run_id = ${ended}`;
        await sql`update public.runs set status = 'succeeded', finished_at = ${old('runs')} where id = ${ended}`;
        const waiting = await addJob(sql, await addRun(sql));
        await sql`insert into public.job_checkpoints (job_id, checkpoint, saved_at) values (${waiting}, '{}', ${old('checkpoints')})`;
        await sql`insert into cron.job_run_details (jobid, status, start_time, end_time) values (1, 'succeeded', ${old('cron_history')}, null)`;
      }
      // Not a checkpoint that a worker is just going on from.
      const held = await addJob(sql, await addRun(sql), 'check_divergence');
      await claim(sql, 'check_divergence');
      await sql`insert into public.job_checkpoints (job_id, checkpoint, saved_at) values (${held}, '{}', now() - interval '99 days')`;
      const one = {
        cron_ticks: 1,
        worker_requests: 1,
        slot_runs: 1,
        canary_reports: 1,
        errors: 1,
        checkpoints: 1,
        runs: 1,
        cron_history: 1,
      };
      expect(await purge(sql)).toEqual(one);
      expect(await purge(sql)).toEqual(Object.fromEntries(Object.keys(one).map((kind) => [kind, 0])));
      expect(await sql`select job_id from public.job_checkpoints where job_id = ${held}`).toHaveLength(1);
    }),
  );

  it(
    'goes in batches with an end, and says what is left',
    rolledBack(async (sql) => {
      await sql`insert into public.worker_requests (function_name, requested_at)
        select 'x', now() - interval '30 days' from generate_series(1, 100100)`;
      expect(await purge(sql)).toMatchObject({ worker_requests: 100_000, more: ['worker_requests'] });
      const second = await purge(sql);
      expect(second.worker_requests).toBe(100);
      expect(second.more).toBeUndefined();
    }),
  );

  it(
    'takes no setting that it could not use',
    rolledBack(async (sql) => {
      for (const [name, value] of [
        ['retention_days', '{"runs": 400}'],
        ['retention_days', '400'],
        [
          'retention_days',
          '{"cron_history": 0, "cron_ticks": 7, "worker_requests": 7, "checkpoints": 30, "slot_runs": 400, "canary_reports": 400, "runs": 400}',
        ],
        // Reconcile would take what was purged for missed.
        [
          'retention_days',
          '{"cron_history": 14, "cron_ticks": 7, "worker_requests": 7, "checkpoints": 30, "slot_runs": 8, "canary_reports": 400, "runs": 400}',
        ],
        ['slot_attempts', '0'],
        ['slot_attempts', '1.5'],
        ['forecast_deadline_minutes', '-1'],
        ['forecast_deadline_minutes', '"soon"'],
      ]) {
        const refusal = await refusalOf(
          sql,
          (s) => s`select public.change_setting(${name}, ${value}::text::jsonb)`,
        );
        expect([name, value, refusal.code]).toEqual([name, value, 'invalid_setting']);
      }
      await sql`select public.change_setting('slot_attempts', '5')`;
    }),
  );
});
