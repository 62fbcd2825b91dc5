import { describe, expect, it } from 'vitest';
import { rolledBack } from './support/rolled-back.ts';
import { addJob, addRun } from './support/rows.ts';

describe('what is new is a row and a function', () => {
  it(
    'of a kind of job: its result is stored, its worker asked for, and another kind follows it',
    rolledBack(async (sql) => {
      await sql`
        create function internal.store_greeting(p_job public.jobs, p_result jsonb) returns jsonb
        language sql set search_path = '' as 'select p_result || jsonb_build_object(''of'', p_job.kind)'`;
      await sql`
        insert into public.job_kinds (kind, worker, stores_result, priority, description) values
          ('reply', 'answerer', 'store_greeting', 60, 'Answers.')`;
      await sql`
        insert into public.job_kinds (kind, worker, stores_result, priority, followed_by, description) values
          ('greet', 'greeter', 'store_greeting', 7, 'reply', 'Greets.')`;
      const run = await addRun(sql);
      await sql`select internal.add_job(${run}, 'greet', 'TEST', '{"symbol": "TEST"}')`;
      await sql`select public.dispatch_workers()`;
      expect(await sql`select function_name from public.worker_requests`).toMatchObject([
        { function_name: 'greeter' },
      ]);

      const [{ job }] = await sql`select public.claim_job('{greet}', '1') as job`;
      await sql`select public.complete_job(${job.id}, ${job.lease_token}, '{"text": "hello"}')`;
      expect(await sql`select kind, priority, status, result from public.jobs order by id`).toMatchObject([
        { kind: 'greet', priority: 7, status: 'succeeded', result: { text: 'hello', of: 'greet' } },
        { kind: 'reply', priority: 60, status: 'queued', result: null },
      ]);
    }),
  );

  it(
    'a kind without a row is refused, and one in use cannot go',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      await sql`savepoint before`;
      await expect(sql`select internal.add_job(${run}, 'unheard_of', 'TEST', '{}')`).rejects.toThrow(
        /priority|job_kinds/,
      );
      await sql`rollback to before`;
      await addJob(sql, run);
      await expect(sql`delete from public.job_kinds where kind = 'validate_window'`).rejects.toThrow(
        /jobs_kind_known/,
      );
    }),
  );

  it(
    'of a slot: its function is called with date, time and clock; one that publishes rests with the kill switch',
    rolledBack(async (sql) => {
      await sql`
        create function internal.slot_noted(p_date date, p_time time, p_now timestamptz) returns jsonb
        language sql set search_path = '' as 'select jsonb_build_object(''date'', p_date, ''time'', p_time, ''now'', p_now)'`;
      await sql`
        insert into public.schedule_slots (slot, local_times, days, calls, publishes, make_up_within, description, active_since) values
          ('noted', '{09:00}', 'every_day', 'slot_noted', false, '1 hour', 'Notes.', '2026-07-01'),
          ('published', '{09:00}', 'every_day', 'slot_noted', true, '1 hour', 'Notes.', '2026-07-01')`;
      await sql`select public.set_publishing('Ada Lovelace', false, 'a test')`;
      for (const slot of ['noted', 'published'])
        await sql`select internal.tick_slot(${slot}, '2026-07-14T13:01:00Z')`;
      expect(
        await sql`select slot, status, reason, result from public.slot_runs order by slot`,
      ).toMatchObject([
        {
          slot: 'noted',
          status: 'done',
          result: { date: '2026-07-14', time: '09:00:00', now: '2026-07-14T13:01:00+00:00' },
        },
        { slot: 'published', status: 'skipped', reason: 'publishing_enabled is false', result: null },
      ]);
      await sql`select internal.schedule_all()`;
      expect(await sql`select schedule from cron.job where jobname = 'plumbline-noted'`).toEqual([
        { schedule: '0 13,14 * * *' },
      ]);
    }),
  );

  it(
    'of a tick: cron has its job, each tick is recorded, and run health knows it',
    rolledBack(async (sql) => {
      await sql`
        create function internal.tick_noted(p_now timestamptz) returns jsonb
        language sql set search_path = '' as 'select jsonb_build_object(''at'', p_now)'`;
      await sql`
        insert into public.schedule_ticks (job, minutes, every, calls, description) values
          ('noted', '*/10', '10 minutes', 'tick_noted', 'Notes.')`;
      await sql`select internal.schedule_all()`;
      const [{ schedule, command }] =
        await sql`select schedule, command from cron.job where jobname = 'plumbline-noted'`;
      expect(schedule).toBe('*/10 * * * *');
      await sql.unsafe(command);
      expect(
        await sql`select result ? 'at' as told, error from public.cron_ticks where job = 'noted'`,
      ).toEqual([{ told: true, error: null }]);
      const [{ status }] = await sql`
        select status from public.vw_run_health where check_name = 'cron' and subject = 'noted'`;
      expect(status).toBe('ok');
    }),
  );
});
