import { describe, expect, it } from 'vitest';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import { addBars, addEnsemble, addJob, addRun, addWindow, claim } from './support/rows.ts';

/** The kinds of what is purged, but for two. */
const OTHERS =
  '"cron_ticks": 7, "worker_requests": 7, "query_timings": 30, "checkpoints": 30, "canary_reports": 400, "runs": 400, "alerts": 400, "windows": 400';

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
        await sql`insert into public.query_timings (name, measured_at, duration_ms) values ('x', ${old('query_timings')}, 1)`;
        await sql`insert into public.error_alerts
          (kind, source, code, occurrences, first_seen_at, last_seen_at, opened_at, resolved_at, resolution)
          values ('error', 'x', 'x', 1, ${old('alerts')}, ${old('alerts')}, ${old('alerts')}, ${old('alerts')}, 'x')`;
        await sql`insert into public.alert_deliveries (level, payload, status, reason, created_at)
          values ('digest', '{"text": "x"}', 'skipped', 'x', ${old('alerts')}), ('digest', '{"text": "x"}', 'waiting', null, ${old('alerts')})`;
        await sql`insert into cron.job_run_details (jobid, status, start_time, end_time) values (1, 'succeeded', ${old('cron_history')}, null)`;
      }
      // Three windows of one symbol, two of them old, and an alert on the oldest; an only window of another symbol, as old.
      await addEnsemble(sql);
      const dates = await addBars(sql, 'AAPL', '2026-07-14', 10);
      await addBars(sql, 'MSFT', '2026-07-14', 10);
      for (const count of [8, 9, 10]) await addWindow(sql, 'AAPL', dates.slice(0, count), 0.1);
      await addWindow(sql, 'MSFT', dates, 0.1);
      await sql`
        update public.ensemble_validation_metrics set validation_date = now() - interval '401 days'
        where symbol = 'MSFT' or window_id = 7`;
      await sql`update public.ensemble_validation_metrics set validation_date = now() - interval '399 days' where symbol = 'AAPL' and window_id = 8`;
      await sql`
        insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, divergence, metrics_id, message, opened_at, resolved_at, resolution)
        select symbol_id, symbol, horizon, 'candidate', 'implausible', 0.16, id, 'x', r.at, r.at, 'x'
        from public.ensemble_validation_metrics m
        cross join (values (now() - interval '401 days'), (now() - interval '399 days')) r(at)
        where m.symbol = 'AAPL' and m.window_id = 7`;
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
        query_timings: 1,
        error_alerts: 1,
        alert_deliveries: 1,
        divergence_alerts: 1,
        windows: 1,
      };
      expect(await purge(sql)).toEqual(one);
      expect(await purge(sql)).toEqual(Object.fromEntries(Object.keys(one).map((kind) => [kind, 0])));
      expect(await sql`select job_id from public.job_checkpoints where job_id = ${held}`).toHaveLength(1);
    }),
  );

  it(
    'takes two seconds at most, is fair between the kinds, and says of which something is left',
    rolledBack(async (sql) => {
      await sql`insert into public.worker_requests (function_name, requested_at)
        select 'x', now() - interval '30 days' from generate_series(1, 40000)`;
      // As slow as a disk may be: four batches are two seconds.
      await sql.unsafe(`
        create function pg_temp.take_time() returns trigger language plpgsql as 'begin perform pg_sleep(0.5); return null; end';
        create trigger take_time after delete on public.worker_requests execute function pg_temp.take_time()`);
      await sql`insert into public.errors (source, code, message, occurred_at)
        select 'x', 'x', 'x', now() - interval '500 days' from generate_series(1, 1500)`;
      const first = await purge(sql);
      expect(first.more).toContain('worker_requests');
      expect(first.worker_requests % 5000).toBe(0);
      // What comes after it in turn has had its turn.
      expect(first.errors).toBeGreaterThan(0);
      await sql`drop trigger take_time on public.worker_requests`;
      await sql`delete from public.worker_requests where id > (select min(id) + 300 from public.worker_requests)`;
      await purge(sql);
      const [{ left }] = await sql`select count(*)::integer as left from public.worker_requests`;
      expect(left).toBe(0);
      expect((await purge(sql)).more).toBeUndefined();
    }),
  );

  it(
    'takes no setting that it could not use',
    rolledBack(async (sql) => {
      for (const [name, value] of [
        ['retention_days', '{"runs": 400}'],
        ['retention_days', '400'],
        ['retention_days', `{"cron_history": 14, ${OTHERS}, "slot_runs": 400, "forecasts": 400}`],
        ['retention_days', `{"cron_history": 0, ${OTHERS}, "slot_runs": 400}`],
        // Reconcile would take what was purged for missed.
        ['retention_days', `{"cron_history": 14, ${OTHERS}, "slot_runs": 8}`],
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
      await sql`select public.change_setting('retention_days', ${`{"cron_history": 14, ${OTHERS}, "slot_runs": 9}`}::text::jsonb)`;
    }),
  );
});
