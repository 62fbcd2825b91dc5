import { describe, expect, it } from 'vitest';
import { isKnownAfter } from '../../src/shared/market-data/event-files/known-at.ts';
import { refusalOf, rolledBack } from './support/rolled-back.ts';

describe('scheduled events', () => {
  it(
    'are known by the end of their date in New York, by the table as by files',
    rolledBack(async (sql) => {
      // On winter time, on summer time, and where clocks change.
      for (const [date, end] of [
        ['2024-01-31', '2024-02-01T05:00:00Z'],
        ['2024-07-31', '2024-08-01T04:00:00Z'],
        ['2024-03-10', '2024-03-11T04:00:00Z'],
        ['2024-11-03', '2024-11-04T05:00:00Z'],
      ]) {
        const later = end.replace('00Z', '01Z');
        expect([isKnownAfter(date, end), isKnownAfter(date, later)]).toEqual([false, true]);
        const store = (knownAt: string) => (inner: typeof sql) =>
          inner`insert into public.scheduled_events (symbol, event_date, known_at) values ('SPY', ${date}, ${knownAt})`;
        await store(end)(sql);
        expect(await refusalOf(sql, store(later))).toMatchObject({ code: 'known_after_event' });
        await sql`alter table public.scheduled_events disable trigger scheduled_events_complete`;
        const update = (inner: typeof sql) =>
          inner`update public.scheduled_events set known_at = ${later} where event_date = ${date}`;
        await expect(sql.savepoint(update)).rejects.toThrow('scheduled_events_known_by_their_date');
        await sql`alter table public.scheduled_events enable trigger scheduled_events_complete`;
      }
    }),
  );

  it(
    'are read for a fit by their symbols and dates, whatever others there are',
    rolledBack(async (sql) => {
      await sql`insert into public.symbols (symbol) select 'S' || n from generate_series(1, 60) n`;
      await sql`
        insert into public.scheduled_events (symbol, event_date)
        select 'S' || s, date '1990-01-15' + 91 * n from generate_series(1, 60) s, generate_series(0, 139) n`;
      await sql`analyze public.scheduled_events`;
      // The function's own statement, which Postgres plans inside of it.
      const plan = await sql`
        explain (analyze, format json)
        select e.* from public.symbols s join public.scheduled_events e on e.symbol_id = s.id
        where s.symbol = any (array['S7', 'S8']) and e.event_date between '2015-01-01' and '2020-12-31'
          and (e.known_at is null or e.known_at <= '2021-01-01')`;
      const text = JSON.stringify(plan);
      expect(text).toContain('scheduled_events_pkey');
      expect(text).not.toMatch(/"Node Type": ?"Seq Scan","[^}]*scheduled_events/);
    }),
  );
});
