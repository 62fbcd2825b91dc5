// Which slot runs when: New York's clock across its changes, from ticks at both offsets from UTC.
import { describe, expect, it } from 'vitest';
import { matches } from '../../src/local/cron-runner.ts';
import { AlpacaBars } from '../../src/shared/market-data/alpaca.ts';
import type { ProviderClient } from '../../src/shared/market-data/provider-client.ts';
import { TiingoBars } from '../../src/shared/market-data/tiingo.ts';
import { rolledBack, type Transaction } from './support/rolled-back.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

interface SlotRun {
  readonly slot: string;
  readonly date: string;
  readonly time: string;
  readonly due: string;
  readonly status: string;
  readonly reason: string | null;
}

/** Lets cron's own schedules tick through `days` dates from `first` on (UTC), each slot's body replaced by nothing. */
async function tickThrough(sql: Transaction, first: string, days: number): Promise<SlotRun[]> {
  await sql`
    create or replace function internal.perform_slot(p_slot public.schedule_slots, p_date date, p_time time, p_now timestamptz) returns jsonb
    language sql set search_path = '' as 'select ''{}''::jsonb'`;
  await sql`update public.schedule_slots set active_since = '1993-01-01'`;
  const jobs = await sql`select schedule, command from cron.job where command like '%tick_slot%'`;
  const minutes = new Set(jobs.flatMap(({ schedule }) => schedule.split(' ')[0].split(',').map(Number)));
  const start = Date.parse(`${first}T00:00:00Z`);
  const ticks: { at: string; slot: string }[] = [];
  for (let time = start; time < start + days * DAY; time += MINUTE) {
    const minute = new Date(time);
    if (!minutes.has(minute.getUTCMinutes())) continue;
    for (const { schedule, command } of jobs) {
      if (!matches(schedule, minute)) continue;
      ticks.push({ at: minute.toISOString(), slot: /tick_slot\('(.*)'\)/.exec(command)![1] });
    }
  }
  await sql`
    select internal.tick_slot(t.slot, t.at) from jsonb_to_recordset(${sql.json(ticks)}) as t(at timestamptz, slot text) order by t.at`;
  return runs(sql);
}

const runs = (sql: Transaction): Promise<SlotRun[]> => sql<SlotRun[]>`
  select slot, slot_date::text as date, to_char(local_time, 'HH24:MI') as time,
    to_char(due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as due, status, reason
  from public.slot_runs order by due_at, slot`;

/** By date: the times at which a slot ran or was skipped. */
function timesOf(found: readonly SlotRun[], slot: string): Record<string, string> {
  const times: Record<string, string[]> = {};
  for (const { slot: name, date, time } of found) {
    if (name === slot) times[date] = [...(times[date] ?? []), time];
  }
  return Object.fromEntries(Object.entries(times).map(([date, at]) => [date, at.sort().join(' ')]));
}

const statusOf = (found: readonly SlotRun[], date: string) => [
  ...new Set(
    found
      .filter((run) => run.date === date && run.slot !== 'purge')
      .map((run) => `${run.status} ${run.reason ?? ''}`.trim()),
  ),
];

describe.each([
  ['2026-03-06', '2026-03-08', 13, 12],
  ['2026-10-30', '2026-11-01', 12, 13],
  ['2027-03-12', '2027-03-14', 13, 12],
  ['2027-11-05', '2027-11-07', 12, 13],
])('over the week of %s, when the clocks change on %s', (friday, sunday, before, after) => {
  it(
    'each slot runs once a date, at its time in New York, from ticks at both offsets',
    rolledBack(async (sql) => {
      const found = await tickThrough(sql, friday, 6);
      const dates = [0, 1, 2, 3, 4].map((day) =>
        new Date(Date.parse(`${friday}T00:00:00Z`) + day * DAY).toISOString().slice(0, 10),
      );
      const reports = timesOf(found, 'canary_report');
      const closes = timesOf(found, 'ingest');
      for (const date of dates) {
        expect([date, reports[date]]).toEqual([date, '08:00 12:00 18:00']);
        expect([date, closes[date]]).toEqual([date, '13:55 16:30 20:15']);
        expect([date, timesOf(found, 'purge')[date]]).toEqual([date, '03:17']);
        expect([date, timesOf(found, 'validate')[date]]).toEqual([date, '21:00']);
      }
      expect(dates).toContain(sunday);
      const morning = (date: string) =>
        found.find((run) => run.slot === 'canary_report' && run.date === date && run.time === '08:00')!.due;
      expect(morning(dates[0])).toBe(`${dates[0]} ${before}:00`);
      expect(morning(dates[3])).toBe(`${dates[3]} ${after}:00`);
      expect(statusOf(found, dates[0])).toEqual(['done']);
      expect(statusOf(found, sunday)).toEqual(['skipped Sunday']);
      expect(statusOf(found, dates[3])).toEqual(['done']);
    }),
  );

  it(
    'no minute of the weekend finds a slot due at two times, nor a time due on two dates or twice on one',
    rolledBack(async (sql) => {
      const saturday = new Date(Date.parse(`${sunday}T00:00:00Z`) - DAY).toISOString().slice(0, 10);
      // Every minute, not only cron's: however often and late a tick comes.
      const found = await sql`
        select t.slot, t.slot_date::text as date, to_char(t.local_time, 'HH24:MI') as time, count(*)::int as minutes,
          (extract(epoch from max(g.at) - min(g.at)) / 60)::int as span,
          min(to_char(g.at at time zone 'America/New_York', 'HH24:MI')) as first
        from generate_series(${friday}::timestamptz + interval '1 day', ${friday}::timestamptz + interval '3 days', '1 minute') g(at)
        cross join lateral (
          select s.* from internal.slot_times((g.at at time zone 'America/New_York')::date, (g.at at time zone 'America/New_York')::date) s
          where g.at >= s.due_at and g.at < s.due_at + interval '10 minutes'
        ) t
        group by 1, 2, 3`;
      // From Friday evening to Sunday evening in New York.
      expect(found.length).toBeGreaterThan(25);
      for (const { minutes, span, time, first } of found)
        expect([minutes, span, first]).toEqual([10, 9, time]);

      // The slot next to the change, ticked in every one of those minutes.
      await sql`update public.schedule_slots set active_since = '1993-01-01'`;
      await sql`
        select internal.tick_slot('purge', g.at)
        from generate_series(${friday}::timestamptz + interval '1 day', ${friday}::timestamptz + interval '3 days', '1 minute') g(at)`;
      expect((await runs(sql)).map(({ date, time, status }) => [date, time, status])).toEqual([
        [saturday, '03:17', 'done'],
        [sunday, '03:17', 'done'],
      ]);
    }),
  );
});

describe('a half day and the end of the year', () => {
  it(
    'slots after the close go by the real close, and holidays are skipped by name',
    rolledBack(async (sql) => {
      const found = await tickThrough(sql, '2026-12-23', 13);
      expect(timesOf(found, 'ingest')).toMatchObject({
        '2026-12-23': '13:55 16:30 20:15',
        '2026-12-24': '13:30 13:55 17:15',
        '2026-12-25': '13:55 16:30 20:15',
        '2026-12-31': '13:55 16:30 20:15',
        '2027-01-01': '13:55 16:30 20:15',
      });
      expect(timesOf(found, 'score')['2026-12-24']).toBe('13:45 14:10 17:30');
      expect(timesOf(found, 'forecast')['2026-12-24']).toBe('14:00 14:15 17:45');
      expect(timesOf(found, 'validate')['2026-12-24']).toBe('18:00');
      expect(statusOf(found, '2026-12-24')).toEqual(['done']);
      expect(statusOf(found, '2026-12-25')).toEqual(['skipped Christmas Day']);
      expect(statusOf(found, '2026-12-26')).toEqual(['skipped Saturday']);
      expect(statusOf(found, '2026-12-31')).toEqual(['done']);
      expect(statusOf(found, '2027-01-01')).toEqual(["skipped New Year's Day"]);
      expect(found.filter((run) => run.slot === 'purge' && run.status === 'done')).toHaveLength(13);
    }),
  );
});

describe('ingestion', () => {
  it(
    'comes after the first half session, and after the close, when the bars of it count as finished',
    rolledBack(async (sql) => {
      const nobody = null as unknown as ProviderClient;
      const alpaca = new AlpacaBars({ provider: 'alpaca', feed: 'iex', adjustment: 'all' }, nobody);
      const tiingo = new TiingoBars({ provider: 'tiingo', feed: 'eod', adjustment: 'all' }, nobody);
      const minutes = async (query: string): Promise<number[]> => {
        const rows = await sql.unsafe(`select extract(epoch from ${query})::integer / 60 as n
          from public.schedule_slots s where s.slot = 'ingest' order by 1`);
        return rows.map(({ n }) => n);
      };
      const [afterHalf] = await minutes(`unnest(s.local_times) - '13:30'::time`);
      const [first, last] = await minutes('unnest(s.after_close)');
      expect(afterHalf).toBeGreaterThan(alpaca.settlingMinutes);
      expect(first).toBeGreaterThan(alpaca.settlingMinutes);
      expect(last).toBeGreaterThan(tiingo.settlingMinutes);
    }),
  );
});

describe('a closure announced the day before', () => {
  it(
    'is skipped with its reason, from the table alone',
    rolledBack(async (sql) => {
      await sql`select public.announce_closure('2027-02-11', 'Mourning for a president')`;
      await sql`select public.announce_closure('2027-02-12', 'Storm: close at 13:00', 'half_day')`;
      const found = await tickThrough(sql, '2027-02-10', 4);
      expect(statusOf(found, '2027-02-10')).toEqual(['done']);
      expect(statusOf(found, '2027-02-11')).toEqual(['skipped Mourning for a president']);
      expect(statusOf(found, '2027-02-12')).toEqual(['done']);
      expect(timesOf(found, 'ingest')['2027-02-12']).toBe('13:30 13:55 17:15');
    }),
  );
});

describe('ticks', () => {
  it(
    'at the other offset, too late, or for the second time do nothing',
    rolledBack(async (sql) => {
      await sql`update public.schedule_slots set active_since = '1993-01-01'`;
      const tick = async (at: string) =>
        (await sql`select internal.tick_slot('canary_report', ${at}) as status`)[0].status;
      // 08:00 in New York is 12:00 UTC in summer.
      expect(await tick('2026-07-14T11:59:59Z')).toBeNull();
      expect(await tick('2026-07-14T13:00:00Z')).toBeNull();
      expect(await tick('2026-07-14T12:10:00Z')).toBeNull();
      expect(await runs(sql)).toEqual([]);
      expect(await tick('2026-07-14T12:09:59Z')).toBe('done');
      expect(await tick('2026-07-14T12:00:00Z')).toBe('done');
      expect(await runs(sql)).toHaveLength(1);
      expect(await sql`select id from public.canary_reports`).toHaveLength(1);
    }),
  );

  it(
    'are made by schedule_all, which changes nothing when it is repeated and removes what is no more',
    rolledBack(async (sql) => {
      const jobs = () => sql`select jobid, jobname, schedule, command, active from cron.job order by 1`;
      const before = await jobs();
      await sql`select cron.schedule('plumbline-of-old', '* * * * *', 'select 1')`;
      await sql`select cron.schedule('of-somebody-else', '* * * * *', 'select 1')`;
      await sql`select internal.schedule_all()`;
      const after = await jobs();
      expect(after.filter(({ jobname }) => jobname !== 'of-somebody-else')).toEqual(before);
      expect(after).toHaveLength(before.length + 1);
      expect(before.map(({ jobname }) => jobname)).toContain('plumbline-dispatch');
      for (const { schedule } of before) expect(schedule).toMatch(/^\S+ \S+ \S+ \S+ \S+$/);
    }),
  );

  it(
    'cannot be set for an hour that the clocks skip or repeat',
    rolledBack(async (sql) => {
      for (const time of ['01:00', '02:30', '23:59']) {
        await expect(
          sql.savepoint(
            (s) =>
              s`update public.schedule_slots set local_times = ${sql.array([time])}::time[] where slot = 'purge'`,
          ),
        ).rejects.toMatchObject({ code: '23514' });
      }
    }),
  );
});
