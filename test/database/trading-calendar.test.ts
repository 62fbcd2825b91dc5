import { describe, expect, it } from 'vitest';
import { CALENDAR_YEARS } from '../../scripts/database/calendar-rows.ts';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { newYorkException } from '../../src/shared/calendars/new-york-rules.ts';
import { isHalfDay, isSession, sessionClose } from '../../src/shared/calendars/sessions.ts';
import { refusalOf, rolledBack } from './support/rolled-back.ts';

const [FIRST, LAST] = CALENDAR_YEARS;

describe('the trading calendar in SQL', () => {
  it(
    'says of every day what the TypeScript calendar says',
    rolledBack(async (sql) => {
      const days = await sql`
        select to_char(d, 'YYYY-MM-DD') as date, internal.is_half_day(d::date) as half, internal.closed_because(d::date) as reason,
          to_char(internal.session_close(d::date) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as close
        from generate_series(${`${FIRST}-01-01`}::timestamp, ${`${LAST}-12-31`}::timestamp, '1 day') d`;
      expect(days.length).toBeGreaterThan(24_000);
      const different = days.filter(({ date, half, reason, close }) => {
        const exception = newYorkException(date);
        const weekend = ['Sunday', 'Saturday'][new Date(date).getUTCDay() === 0 ? 0 : 1];
        const expected = isSession(date, NEW_YORK) ? null : (exception?.reason ?? weekend);
        return (
          half !== isHalfDay(date, NEW_YORK) ||
          reason !== expected ||
          close !== (isSession(date, NEW_YORK) ? sessionClose(date, NEW_YORK) : null)
        );
      });
      expect(different).toEqual([]);
    }),
  );

  it(
    'ends where its rows end, instead of calling every later weekday a session',
    rolledBack(async (sql) => {
      for (const date of [`${LAST + 1}-01-03`, '1992-12-31']) {
        const refusal = await refusalOf(sql, (s) => s`select internal.is_session(${date})`);
        expect(refusal).toEqual({
          code: 'calendar_ends',
          message: `The calendar XNYS knows 1993-01-01 to ${LAST}-12-31, not ${date}`,
        });
      }
    }),
  );
});

describe('a closure that is announced', () => {
  const look = (date: string) => (sql: Parameters<Parameters<typeof rolledBack>[0]>[0]) =>
    sql`select internal.closed_because(${date}) as closed, internal.is_half_day(${date}) as half`;

  it(
    'counts at once, can be corrected, and taken back',
    rolledBack(async (sql) => {
      const day = look('2027-03-10');
      await sql`select public.announce_closure('2027-03-10', 'Mourning')`;
      expect(await day(sql)).toEqual([{ closed: 'Mourning', half: false }]);
      await sql`select public.announce_closure('2027-03-10', 'Mourning, from 13:00', 'half_day')`;
      expect(await day(sql)).toEqual([{ closed: null, half: true }]);
      await sql`select public.withdraw_closure('2027-03-10')`;
      expect(await day(sql)).toEqual([{ closed: null, half: false }]);
    }),
  );

  it(
    'of a half day leaves the half day behind when it is taken back',
    rolledBack(async (sql) => {
      const day = look('2026-12-24');
      await sql`select public.announce_closure('2026-12-24', 'Storm')`;
      expect(await day(sql)).toEqual([{ closed: 'Storm', half: false }]);
      await sql`select public.withdraw_closure('2026-12-24')`;
      expect(await day(sql)).toEqual([{ closed: null, half: true }]);
    }),
  );

  it(
    'leaves no gap in the bars, although the worker\u2019s calendar does not know of it',
    rolledBack(async (sql) => {
      await sql`select public.announce_closure('2027-03-10', 'Mourning')`;
      const payload = {
        symbol: 'SPY',
        timeframe: '1D',
        source: { provider: 'alpaca', feed: 'iex', adjustment: 'all' },
      };
      const gap = (time: string) => ({ time, reason: 'missing', message: 'x' });
      const result = {
        ...{ from: '2027-03-08', whole: true, requests: 1, gaps: [gap('2027-03-09'), gap('2027-03-10')] },
        bars: [
          ['2027-03-08', 1, 1, 1, 1, 1],
          ['2027-03-11', 1, 1, 1, 1, 1],
        ],
      };
      const [{ stored }] = await sql`
        select internal.store_ingestion(jsonb_populate_record(null::public.jobs, ${sql.json({ payload })}), ${sql.json(result)}) as stored`;
      expect(stored.gaps).toBe(1);
      expect(
        await sql`select (bar_time at time zone 'UTC')::date::text as date from public.bar_gaps`,
      ).toEqual([{ date: '2027-03-09' }]);
    }),
  );

  it(
    'needs a reason, a known kind and a session',
    rolledBack(async (sql) => {
      const codes = [];
      for (const [date, reason, kind] of [
        ['2027-03-10', ' ', 'closed'],
        ['2027-03-10', 'Storm', 'open'],
        ['2027-03-13', 'Storm', 'closed'],
        ['2027-12-24', 'Storm', 'closed'],
        ['2071-03-10', 'Storm', 'closed'],
      ] as const) {
        codes.push(
          (await refusalOf(sql, (s) => s`select public.announce_closure(${date}, ${reason}, ${kind})`)).code,
        );
      }
      expect(codes).toEqual(['no_reason', 'unknown_kind', 'no_session', 'no_session', 'calendar_ends']);
      const rule = await refusalOf(sql, (s) => s`select public.withdraw_closure('2027-12-24')`);
      expect(rule.code).toBe('not_announced');
    }),
  );
});
