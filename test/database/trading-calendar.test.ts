import { describe, expect, it } from 'vitest';
import { BUILT_IN_CALENDARS, NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { newYorkException } from '../../src/shared/calendars/new-york-rules.ts';
import { isHalfDay, isSession, sessionClose } from '../../src/shared/calendars/sessions.ts';
import type { TradingCalendar } from '../../src/shared/calendars/trading-calendar.ts';
import { barRulesSchema, calendarListSchema } from '../../src/shared/contracts/calendar.ts';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';

/** Tokyo's, with half days as it had them once; its closures are those of a list that has a weekend in it. */
const storeTokyo = (sql: Transaction, closures: unknown[][] = TOKYO, knownUntil = '2030-12-31') => sql`
  select public.store_calendar('XTKS', 'Asia/Tokyo', '15:30', '11:30', '2010-01-01', ${knownUntil}, ${sql.json(closures as never)}, 'Ada') as stored`;
const TOKYO = [
  ['2024-01-01', 'closed', 'New Year\u2019s Day'],
  ['2024-01-06', 'closed', 'A Saturday'],
  ['2024-02-23', 'closed'],
  ['2024-12-30', 'half_day', 'Last session of the year'],
];
/** Auckland, whose date is a day ahead of New York's; Santiago, whose clocks change at midnight; Sundays in Tel Aviv. */
const storeOthers = (sql: Transaction) => sql`
  select public.store_calendar('XNZE', 'Pacific/Auckland', '16:45', null, '2000-01-01', '2035-12-31', '[["2024-02-06", "closed"]]', 'Ada'),
    public.store_calendar('XSGO', 'America/Santiago', '24:00', '00:30', '2000-01-01', '2035-12-31', '[["2024-04-06", "half_day"]]', 'Ada', 'every_day'),
    public.store_calendar('XTAE', 'Asia/Jerusalem', '17:25', null, '2000-01-01', '2035-12-31', ${sql.json(FRIDAYS_AND_SATURDAYS)}, 'Ada', 'every_day')`;
const FRIDAYS_AND_SATURDAYS = Array.from({ length: 800 }, (_, day) =>
  new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10),
)
  .filter((date) => new Date(date).getUTCDay() > 4)
  .map((date) => [date, 'closed']);

const listed = async (sql: Transaction): Promise<TradingCalendar[]> =>
  calendarListSchema.parse((await sql`select public.list_calendars() as list`)[0]!.list);

describe('the trading calendar in SQL', () => {
  it(
    'says of every day what the TypeScript calendar says',
    rolledBack(async (sql) => {
      const days = await sql`
        select to_char(d, 'YYYY-MM-DD') as date, internal.is_half_day(d::date) as half, internal.closed_because(d::date) as reason,
          to_char(internal.session_close(d::date) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as close
        from generate_series(${NEW_YORK.knownFrom}::timestamp, ${NEW_YORK.knownUntil}::timestamp, '1 day') d`;
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
    'is one of several: each says of every day what the same calendar says in TypeScript, announcements and all',
    rolledBack(async (sql) => {
      await storeTokyo(sql);
      await storeOthers(sql);
      await sql`select public.announce_closure('2024-06-05', 'Storm', 'closed', 'XTKS'), public.announce_closure('2024-07-03', 'Storm')`;
      await sql`select public.announce_closure('2024-06-06', 'Storm', 'half_day', 'XTKS'), public.announce_closure('2024-12-30', 'Storm', 'closed', 'XTKS')`;
      const calendars = await listed(sql);
      expect(calendars.map(({ name }) => name)).toEqual([
        '24/7',
        'XNYS',
        'weekdays',
        'XNZE',
        'XSGO',
        'XTAE',
        'XTKS',
      ]);
      for (const calendar of calendars) {
        const days = await sql`
          select session_date::text as date, closed_because is null as is_session, is_half_day and closed_because is null as half,
            to_char(closes_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as close
          from internal.calendar_days(${calendar.name}, '2019-01-01', '2026-12-31')`;
        expect(days).toHaveLength(2922);
        const different = days.filter(
          ({ date, is_session, half, close }) =>
            is_session !== isSession(date, calendar) ||
            half !== isHalfDay(date, calendar) ||
            close !== (isSession(date, calendar) ? sessionClose(date, calendar) : null),
        );
        expect([calendar.name, different]).toEqual([calendar.name, []]);
        // A close lies in its session, to the second before it: outcomes are held against the date of a forecast's target so.
        expect(
          await sql`
            select session_date from internal.calendar_days(${calendar.name}, '2019-01-01', '2026-12-31')
            where ((closes_at - interval '1 second') at time zone ${calendar.timeZone})::date <> session_date`,
        ).toEqual([]);
        // Date by date it is the same.
        const [{ same }] = await sql`
          select bool_and((d.closed_because, d.closes_at, d.is_half_day and d.closed_because is null) is not distinct from (
            internal.closed_because(d.session_date, ${calendar.name}), internal.session_close(d.session_date, ${calendar.name}),
            internal.is_half_day(d.session_date, ${calendar.name}))) as same
          from internal.calendar_days(${calendar.name}, '2024-01-01', '2024-12-31') d`;
        expect(same).toBe(true);
      }
    }),
  );

  it(
    'has the calendars of the code as the code has them',
    rolledBack(async (sql) => {
      const byName = (a: TradingCalendar, b: TradingCalendar) => a.name.localeCompare(b.name);
      expect((await listed(sql)).sort(byName)).toEqual([...BUILT_IN_CALENDARS].sort(byName));
    }),
  );

  it(
    'ends where its rows end, instead of calling every later weekday a session',
    rolledBack(async (sql) => {
      const last = NEW_YORK.knownUntil;
      for (const date of [`${Number(last.slice(0, 4)) + 1}-01-03`, '1992-12-31']) {
        const refusal = await refusalOf(sql, (s) => s`select internal.is_session(${date})`);
        expect(refusal).toEqual({
          code: 'calendar_ends',
          message: `The calendar XNYS knows 1993-01-01 to ${last}, not ${date}`,
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

describe('a calendar that is uploaded', () => {
  it(
    'is stored whole; again it says what changed, and what was announced beside it stays',
    rolledBack(async (sql) => {
      const counts = {
        is_new: false,
        redefined: false,
        closures: 3,
        left_out: 1,
        added: 0,
        changed: 0,
        removed: 0,
      };
      expect((await storeTokyo(sql))[0]!.stored).toEqual({
        ...counts,
        calendar: 'XTKS',
        is_new: true,
        added: 3,
      });
      expect((await storeTokyo(sql))[0]!.stored).toEqual({ ...counts, calendar: 'XTKS' });
      await sql`select public.announce_closure('2024-06-05', 'Storm', 'closed', 'XTKS')`;
      const later = [...TOKYO.slice(0, 2), ['2024-02-23', 'closed', 'Birthday'], ['2025-01-01', 'closed']];
      expect((await storeTokyo(sql, later))[0]!.stored).toEqual({
        ...{ ...counts, calendar: 'XTKS', added: 1, changed: 1, removed: 1 },
      });
      expect((await storeTokyo(sql, later, '2031-12-31'))[0]!.stored).toMatchObject({
        redefined: true,
        added: 0,
      });
      expect(
        await sql`select session_date::text as date, reason, source from public.calendar_exceptions where calendar = 'XTKS' order by 1`,
      ).toEqual([
        { date: '2024-01-01', reason: 'New Year\u2019s Day', source: 'upload' },
        { date: '2024-02-23', reason: 'Birthday', source: 'upload' },
        { date: '2024-06-05', reason: 'Storm', source: 'operator' },
        { date: '2025-01-01', reason: 'Closed', source: 'upload' },
      ]);
      // Who changed what; nothing of the upload that changed nothing.
      expect(
        await sql`select actor, figures ->> 'added' as added from public.calendar_changes order by id`,
      ).toEqual([
        { actor: 'Ada', added: '3' },
        { actor: 'Ada', added: '1' },
        { actor: 'Ada', added: '0' },
      ]);
    }),
  );

  it(
    'is refused when anything in it is wrong, and stores nothing',
    rolledBack(async (sql) => {
      const good = {
        name: 'XPAR',
        zone: 'Europe/Paris',
        close: '17:30',
        half: null as string | null,
        closures: [] as unknown,
        rule: 'weekdays',
      };
      const refused = async (change: Partial<typeof good>) => {
        const { name, zone, close, half, closures, rule } = { ...good, ...change };
        const { code, message } = await refusalOf(
          sql,
          (
            s,
          ) => s`select public.store_calendar(${name}, ${zone}, ${close}, ${half}, '2020-01-01', '2027-12-31',
            ${s.json(closures as never)}, 'Ada', ${rule})`,
        );
        return `${code}: ${message}`;
      };
      const reasons = [
        await refused({ name: 'XNYS' }),
        await refused({ name: 'a/b' }),
        await refused({ zone: 'Europe/Lutetia' }),
        await refused({ close: '00:00' }),
        await refused({ half: '18:00' }),
        await refused({ rule: 'new_york' }),
        await refused({ closures: 'none' }),
        await refused({ closures: [['2025-02-30', 'closed']] }),
        await refused({ closures: [['2025-12-25', 'shut']] }),
        await refused({ closures: [['2028-01-03', 'closed']] }),
        await refused({ closures: [['2025-12-24', 'half_day']] }),
        await refused({
          half: '14:00',
          closures: [
            ['2025-12-24', 'half_day'],
            ['2025-12-24', 'closed'],
          ],
        }),
      ];
      expect(reasons).toEqual([
        'built_in_calendar: XNYS is a calendar of the code: upload yours under another name',
        expect.stringContaining('invalid_calendar: A calendar\u0027s name has 1 to 32 of'),
        'invalid_calendar: "Europe/Lutetia" is no time zone: name one of the IANA database, such as Europe/Paris',
        expect.stringContaining('invalid_calendar: Calendar XPAR needs its close'),
        expect.stringContaining(
          'invalid_calendar: A half day of XPAR closes at 18:00:00, which is not before',
        ),
        expect.stringContaining(
          'invalid_calendar: A calendar\u0027s rule is weekdays or every_day, not "new_york"',
        ),
        expect.stringContaining('invalid_closures: Closures are a list of'),
        expect.stringContaining('not ["2025-02-30", "closed"]'),
        expect.stringContaining('not ["2025-12-25", "shut"]'),
        'invalid_closures: The closure of 2028-01-03 is outside of the dates that the calendar knows, 2020-01-01 to 2027-12-31',
        'invalid_closures: 2025-12-24 is a half day, and the calendar does not say when one closes',
        'invalid_closures: 2025-12-24 is given as closed and as half_day: give it once',
      ]);
      expect(await listed(sql)).toHaveLength(3);
    }),
  );

  it(
    'is given to a symbol, and not to one that has half sessions',
    rolledBack(async (sql) => {
      const set = (symbol: string, calendar: string) =>
        sql`select public.set_calendar(${symbol}, ${calendar}, 'Ada') as set`;
      await storeTokyo(sql);
      await sql`insert into public.symbols (symbol, horizons) values ('N225', '{1D}'), ('HALF', '{1D,4h,8h}')`;
      expect((await set('N225', 'XTKS'))[0]!.set).toEqual({
        symbol: 'N225',
        calendar: 'XTKS',
        was: 'XNYS',
        changed: true,
      });
      expect((await set('N225', 'XTKS'))[0]!.set).toMatchObject({ was: 'XTKS', changed: false });
      const [{ rules, unknown }] =
        await sql`select public.bar_rules('N225') as rules, public.bar_rules('NEW') as unknown`;
      expect(barRulesSchema.parse(rules)).toMatchObject({
        largestMove: 3,
        calendar: { name: 'XTKS', close: '15:30' },
      });
      expect(barRulesSchema.parse(unknown)).toEqual({ largestMove: 3, calendar: NEW_YORK });
      const codes = [];
      for (const [symbol, calendar] of [
        ['HALF', '24/7'],
        ['N225', 'XNOT'],
        ['GONE', '24/7'],
      ] as const) {
        codes.push((await refusalOf(sql, () => set(symbol, calendar))).code);
      }
      expect(codes).toEqual(['half_sessions_are_new_yorks', 'unknown_calendar', 'unknown_symbol']);
      expect(
        (await refusalOf(sql, (s) => s`update public.symbols set horizons = '{1D,4h}' where symbol = 'N225'`))
          .message,
      ).toContain('symbols_half_sessions_are_new_yorks');
    }),
  );
});
