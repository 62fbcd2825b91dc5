// What becomes of a slot: done, skipped, failed and tried again, missed, made up for.
import { describe, expect, it } from 'vitest';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';

// A Tuesday in summer: 08:00 in New York is 12:00 UTC.
const DUE = '2026-07-14T12:00:00Z';
const at = (minutes: number, from = DUE) => new Date(Date.parse(from) + minutes * 60_000).toISOString();

const since = (sql: Transaction, instant: string) =>
  sql`update public.schedule_slots set active_since = ${instant}`;
const tick = async (sql: Transaction, slot: string, now: string) =>
  (await sql`select internal.tick_slot(${slot}, ${now}) as status`)[0].status;
const goOn = async (sql: Transaction, now: string) =>
  (await sql`select internal.tick_continue(${now}) as made`)[0].made;
/** What reconcile notices, and what becomes of it with the ticks that follow. */
const reconcile = async (sql: Transaction, now: string) => {
  const slots = (await sql`select internal.reconcile(${now}) as made`)[0].made.slots;
  for (let made = await goOn(sql, now); Object.keys(made).length > 0; made = await goOn(sql, now))
    Object.assign(slots, made);
  return slots;
};
const row = async (sql: Transaction, slot: string) =>
  (
    await sql`select *, to_char(local_time, 'HH24:MI') as time from public.slot_runs where slot = ${slot} order by due_at desc`
  )[0];

/** Makes a slot's work raise an error, or do nothing. */
const perform = (sql: Transaction, body: string) =>
  sql.unsafe(`create or replace function internal.perform_slot(p_slot public.schedule_slots, p_date date, p_time time, p_now timestamptz) returns jsonb
    language plpgsql set search_path = '' as $f$ begin ${body} end $f$`);

describe('a slot that fails', () => {
  it(
    'undoes its effects, keeps its row with the error, and is tried again a bounded number of times',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T06:00:00Z');
      await perform(
        sql,
        "update public.settings set value = '9' where name = 'max_workers'; perform 1 / 0; return '{}';",
      );
      expect(await tick(sql, 'check_divergence', '2026-07-14T11:00:00Z')).toBe('failed');
      expect(await row(sql, 'check_divergence')).toMatchObject({
        status: 'failed',
        reason: 'division by zero (SQLSTATE 22012)',
        attempts: 1,
        time: '07:00',
      });
      expect((await sql`select value from public.settings where name = 'max_workers'`)[0].value).toBe(2);

      // A tick does not try again; reconcile does, three times in all.
      expect(await tick(sql, 'check_divergence', '2026-07-14T11:05:00Z')).toBe('failed');
      expect((await row(sql, 'check_divergence')).attempts).toBe(1);
      for (const minutes of [-50, -45, -40, -35]) await reconcile(sql, at(minutes));
      expect(await row(sql, 'check_divergence')).toMatchObject({ status: 'failed', attempts: 3 });
    }),
  );

  it(
    'by a timeout fails no worse: its row says so',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T11:50:00Z');
      await perform(sql, "perform pg_sleep(20); return '{}';");
      await sql`set local statement_timeout = '3s'`;
      expect(await reconcile(sql, at(17))).toEqual({ 'canary_report 2026-07-14 08:00': 'failed' });
      await sql`set local statement_timeout = 0`;
      expect((await row(sql, 'canary_report')).reason).toBe(
        'canceling statement due to statement timeout (SQLSTATE 57014)',
      );
    }),
  );

  it(
    'is done when a later try works, and says that it was made up for',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T10:00:00Z');
      await perform(sql, 'perform 1 / 0; return null;');
      await tick(sql, 'check_divergence', '2026-07-14T11:00:00Z');
      await perform(sql, 'return \'{"checks": 3}\';');
      expect(await reconcile(sql, '2026-07-14T11:07:00Z')).toEqual({
        'check_divergence 2026-07-14 07:00': 'done',
      });
      expect(await row(sql, 'check_divergence')).toMatchObject({
        status: 'done',
        attempts: 2,
        made_up: true,
        result: { checks: 3 },
        reason: 'made up for 7 minutes after its time',
      });
      expect(await reconcile(sql, '2026-07-14T11:12:00Z')).toEqual({});
    }),
  );

  it(
    'can be run again by hand, as can a missed one, and no other',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T06:00:00Z');
      await perform(sql, 'perform 1 / 0; return null;');
      await tick(sql, 'canary_report', DUE);
      await perform(sql, "return '{}';");
      const again = () => sql`select public.retry_slot('canary_report', '2026-07-14', '08:00') as status`;
      expect((await again())[0].status).toBe('done');
      expect((await refusalOf(sql, () => again())).code).toBe('not_failed');
      const unknown = await refusalOf(
        sql,
        (s) => s`select public.retry_slot('canary_report', '2026-07-15', '08:00')`,
      );
      expect(unknown.code).toBe('unknown_slot_run');
    }),
  );
});

describe('a tick that does not come', () => {
  it(
    'is noticed after a quarter of an hour and made up for while that makes sense',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T11:50:00Z');
      await perform(sql, "return '{}';");
      expect(await reconcile(sql, at(15))).toEqual({});
      expect(await reconcile(sql, at(17))).toEqual({ 'canary_report 2026-07-14 08:00': 'done' });
      expect(await row(sql, 'canary_report')).toMatchObject({
        made_up: true,
        reason: 'made up for 17 minutes after its time',
      });
    }),
  );

  it(
    'leaves its slot unfinished until it is made up for, of several one after the other in the order of their times',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T11:45:00Z');
      // Longer than a tick goes on for.
      await perform(sql, "perform pg_sleep(0.4); return '{}';");
      const [noticed] = await sql`select internal.reconcile('2026-07-14T12:30:00Z') -> 'slots' as slots`;
      const due = ['evaluate_rollout 2026-07-14 07:45', 'canary_report 2026-07-14 08:00'];
      expect(noticed.slots).toEqual(Object.fromEntries(due.map((slot) => [slot, 'unfinished'])));
      expect(await row(sql, 'canary_report')).toMatchObject({
        status: 'unfinished',
        attempts: 1,
        reason: 'no tick came; noticed 30 minutes after its time, made up for within a minute',
      });
      // Seen again, nothing is noted twice.
      expect(
        (await sql`select internal.reconcile('2026-07-14T12:32:00Z') -> 'slots' as slots`)[0].slots,
      ).toEqual({});
      for (const slot of due) expect(await goOn(sql, '2026-07-14T12:33:00Z')).toEqual({ [slot]: 'done' });
      expect(await goOn(sql, '2026-07-14T12:34:00Z')).toEqual({});
      expect(await row(sql, 'canary_report')).toMatchObject({
        ...{ status: 'done', attempts: 1, made_up: true, reason: 'made up for 33 minutes after its time' },
      });
    }),
  );

  it(
    'is missed when it is too late, which is recorded with its figures',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T11:50:00Z');
      await perform(sql, "return '{}';");
      expect(await reconcile(sql, at(61))).toEqual({ 'canary_report 2026-07-14 08:00': 'missed' });
      expect(await row(sql, 'canary_report')).toMatchObject({
        status: 'missed',
        reason: 'no tick came; noticed 61 minutes after its time, too late to make up for it',
      });
    }),
  );

  it(
    'of days without a session is skipped, however late, and times before the slot existed are nobody\u2019s',
    rolledBack(async (sql) => {
      // Saturday, 4 July 2026: observed on Friday.
      await since(sql, '2026-07-03T21:00:00Z');
      await perform(sql, "return '{}';");
      const made = await reconcile(sql, '2026-07-05T20:00:00Z');
      expect(made).toMatchObject({
        'canary_report 2026-07-03 18:00': 'skipped',
        'canary_report 2026-07-04 08:00': 'skipped',
        'ingest 2026-07-05 13:55': 'skipped',
        'purge 2026-07-04 03:17': 'missed',
        'purge 2026-07-05 03:17': 'done',
      });
      expect(made).not.toHaveProperty('canary_report 2026-07-03 12:00');
      const reasons =
        await sql`select distinct slot_date::text as date, reason from public.slot_runs where slot = 'canary_report' order by 1`;
      expect(reasons.map(({ date, reason }) => [date, reason])).toEqual([
        ['2026-07-03', 'Independence Day'],
        ['2026-07-04', 'Saturday'],
        ['2026-07-05', 'Sunday'],
      ]);
    }),
  );
});

describe('a clock that jumps', () => {
  it(
    'back runs nothing twice, forward loses nothing without a row',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T11:50:00Z');
      await perform(sql, "return '{}';");
      expect(await tick(sql, 'canary_report', DUE)).toBe('done');
      expect(await tick(sql, 'canary_report', at(3))).toBe('done');
      expect(await tick(sql, 'canary_report', DUE)).toBe('done');
      await reconcile(sql, at(26 * 60));
      const found = await sql`
        select slot_date::text || ' ' || to_char(local_time, 'HH24:MI') as due, status from public.slot_runs
        where slot = 'canary_report' order by 1`;
      expect(found.map(({ due, status }) => `${due} ${status}`)).toEqual([
        '2026-07-14 08:00 done',
        '2026-07-14 12:00 missed',
        '2026-07-14 18:00 missed',
        '2026-07-15 08:00 missed',
      ]);
    }),
  );

  it(
    'forward and back again loses no slot that was noted as missed meanwhile',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T11:50:00Z');
      await perform(sql, "return '{}';");
      await reconcile(sql, at(26 * 60));
      expect(await tick(sql, 'canary_report', '2026-07-14T16:00:00Z')).toBe('done');
      expect(await tick(sql, 'canary_report', '2026-07-14T16:01:00Z')).toBe('done');
      const [noon] = await sql`
        select status, attempts, reason, made_up from public.slot_runs
        where slot = 'canary_report' and slot_date = '2026-07-14' and local_time = '12:00'`;
      expect(noon).toEqual({ status: 'done', attempts: 2, reason: null, made_up: false });
    }),
  );
});

describe('a paused slot', () => {
  it(
    'is skipped with the reason until it is resumed',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T11:50:00Z');
      await sql`select public.pause_slot('canary_report', 'moving house')`;
      expect(await tick(sql, 'canary_report', DUE)).toBe('skipped');
      expect((await row(sql, 'canary_report')).reason).toBe('paused: moving house');
      await sql`select public.resume_slot('canary_report')`;
      expect(await tick(sql, 'canary_report', '2026-07-14T16:00:00Z')).toBe('done');
      const codes = [
        await refusalOf(sql, (s) => s`select public.pause_slot('canary_report', '')`),
        await refusalOf(sql, (s) => s`select public.pause_slot('lunch', 'why not')`),
        await refusalOf(sql, (s) => s`select public.resume_slot('lunch')`),
      ].map(({ code }) => code);
      expect(codes).toEqual(['no_reason', 'unknown_slot', 'unknown_slot']);
    }),
  );

  it(
    'and the kill switch differ: with it, what would plan is skipped, and reports go on',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T06:00:00Z');
      await sql`select public.change_setting('publishing_enabled', 'false')`;
      expect(await tick(sql, 'check_divergence', '2026-07-14T11:00:00Z')).toBe('skipped');
      expect((await row(sql, 'check_divergence')).reason).toBe('publishing_enabled is false');
      expect(await tick(sql, 'canary_report', DUE)).toBe('done');
    }),
  );
});

describe('the slots\u2019 own work', () => {
  it(
    'is done by every one of them, with what it did in the row',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T06:00:00Z');
      const made: Record<string, unknown> = {};
      for (const [slot, now] of [
        ['purge', '2026-07-14T07:17:00Z'],
        ['check_divergence', '2026-07-14T11:00:00Z'],
        ['canary_report', DUE],
        ['ingest', '2026-07-14T20:30:00Z'],
        ['score', '2026-07-14T20:45:00Z'],
        ['forecast', '2026-07-14T21:00:00Z'],
        ['validate', '2026-07-15T01:00:00Z'],
      ]) {
        await tick(sql, slot, now);
        const { status, result } = await row(sql, slot);
        made[slot] = [status, result];
      }
      expect(made).toMatchObject({
        purge: ['done', { runs: 0, cron_ticks: 0 }],
        check_divergence: ['done', { checks: 0 }],
        canary_report: ['done', { status: 'insufficient' }],
        // No provider is set.
        ingest: ['skipped', null],
        score: ['done', { scored: 0 }],
        forecast: ['done', { forecasts: 0 }],
        validate: ['done', { windows: 0 }],
      });
    }),
  );

  it(
    'hands ingestion the slot\u2019s key and date',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T06:00:00Z');
      await sql.unsafe(`create or replace function public.plan_ingestion(p_key text, p_date date default null) returns jsonb language sql set search_path = ''
        as $f$ select jsonb_build_object('run_id', p_key, 'date', p_date) $f$`);
      await tick(sql, 'ingest', '2026-07-14T20:30:00Z');
      expect((await row(sql, 'ingest')).result).toEqual({
        run_id: 'slot:2026-07-14:16:30',
        date: '2026-07-14',
      });
    }),
  );
});

describe('the ticks of the jobs that run every few minutes', () => {
  it(
    'leave a row with the result, and nothing for the second tick in a minute',
    rolledBack(async (sql) => {
      const ticked = async (job: string, now: string) =>
        (await sql`select internal.tick_job(${job}, ${now}) as made`)[0].made;
      expect(await ticked('dispatch', '2026-07-14T12:00:05Z')).toEqual({ workers: 0 });
      expect(await ticked('dispatch', '2026-07-14T12:00:55Z')).toEqual({ repeated: true });
      expect(await ticked('plan', '2026-07-14T12:00:05Z')).toMatchObject({ windows: 0 });
      expect(await ticked('outcomes', '2026-07-14T12:00:05Z')).toEqual({ scored: 0 });
      const rows = await sql`select job, result, error from public.cron_ticks order by job`;
      expect(rows.map(({ job, error }) => [job, error])).toEqual([
        ['dispatch', null],
        ['outcomes', null],
        ['plan', null],
      ]);
    }),
  );

  it(
    'go on when the clock is set back and its minutes come once more',
    rolledBack(async (sql) => {
      const ticked = async (now: string) =>
        (await sql`select internal.tick_job('dispatch', ${now}) as made`)[0].made;
      for (const hour of ['12', '13', '14'])
        expect(await ticked(`2026-07-14T${hour}:00:05Z`)).toEqual({ workers: 0 });
      expect(await ticked('2026-07-14T12:00:05Z')).toEqual({ workers: 0 });
      expect(await ticked('2026-07-14T12:00:15Z')).toEqual({ repeated: true });
      expect(await ticked('2026-07-14T13:00:05Z')).toEqual({ workers: 0 });
    }),
  );

  it(
    'keep their row, with the error, when the work is broken off or an assertion fails',
    rolledBack(async (sql) => {
      for (const [minute, body, error] of [
        [5, 'perform pg_sleep(20)', 'canceling statement due to statement timeout (SQLSTATE 57014)'],
        [6, "assert false, 'never'", 'never (SQLSTATE P0004)'],
      ] as const) {
        await sql.unsafe(`create or replace function internal.tick_dispatch(p_now timestamptz) returns jsonb language plpgsql set search_path = ''
          as $f$ begin ${body}; return null; end $f$`);
        await sql`set local statement_timeout = '500ms'`;
        await sql`select internal.tick_job('dispatch', ${`2026-07-14T12:0${minute}:05Z`})`;
        await sql`set local statement_timeout = 0`;
        const [ticked] = await sql`select error from public.cron_ticks order by ticked_at desc limit 1`;
        expect(ticked.error).toBe(error);
        const [recorded] = await sql`select source, message from public.errors order by id desc limit 1`;
        expect(recorded).toEqual({ source: 'cron.dispatch', message: error });
      }
    }),
  );

  it(
    'have a limit of their own, which cron sets in a statement before the call',
    rolledBack(async (sql) => {
      const commands = await sql`select command from cron.job where jobname like 'plumbline-%'`;
      for (const { command } of commands)
        expect(command).toMatch(/^set statement_timeout = '50s'; select internal\.tick_(job|slot)\('\w+'\)$/);
    }),
  );

  it(
    'keep their row, with the error, when the work fails',
    rolledBack(async (sql) => {
      await sql`delete from public.settings where name = 'max_workers'`;
      await sql`select internal.tick_job('dispatch', '2026-07-14T12:00:05Z')`;
      expect((await sql`select error from public.cron_ticks`)[0].error).toBe(
        'The table settings has no row named max_workers (SQLSTATE PT500)',
      );
    }),
  );
});

describe('making up for slots', () => {
  it(
    'does not hold the lock of asking for workers while it waits for those of the next slot',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-14T06:00:00Z');
      await sql`select public.change_setting('market_data', '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}')`;
      const locks = async () =>
        (
          await sql`
            select name from unnest(array['plan_work', 'plan_ingestion', 'score_outcomes', 'request_workers']) n(name)
            join pg_catalog.pg_locks l on l.locktype = 'advisory' and l.pid = pg_backend_pid()
              and l.objid::bigint = hashtext('plumbline.' || name)::bigint & 4294967295
            order by 1`
        ).map(({ name }) => name);
      for (const [slot, time] of [
        ['ingest', '16:30'],
        ['score', '16:45'],
        ['forecast', '17:00'],
        ['validate', '21:00'],
      ]) {
        await sql`select internal.run_slot(${slot}, '2026-07-14', ${time}, '2026-07-15T02:00:00Z', true)`;
        expect((await row(sql, slot)).status).toBe('done');
      }
      expect(await locks()).toEqual(['plan_ingestion', 'plan_work', 'score_outcomes']);
    }),
  );
});

describe('another time for a slot', () => {
  it(
    'counts from the change on: none of last week\u2019s is missed',
    rolledBack(async (sql) => {
      await since(sql, '2026-07-01T00:00:00Z');
      await sql`update public.schedule_slots set local_times = '{08:30}' where slot = 'canary_report'`;
      const [{ fresh }] = await sql`
        select active_since = now() as fresh from public.schedule_slots where slot = 'canary_report'`;
      expect(fresh).toBe(true);
    }),
  );
});
