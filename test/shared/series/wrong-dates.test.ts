import { describe, expect, it } from 'vitest';
import {
  BUILT_IN_CALENDARS,
  EVERY_DAY,
  NEW_YORK,
  WEEKDAYS,
} from '../../../src/shared/calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../../../src/shared/calendars/trading-calendar.ts';
import { assessBars } from '../../../src/shared/series/check-bars.ts';
import { checkCompanions } from '../../../src/shared/series/check-companions.ts';
import { type Bar, columnsFromBars } from '../../../src/shared/series/series.ts';
import { daysAfter, goodBars, sessionsUpTo } from '../../bars/support/good-bars.ts';
import { simulatedHalfSessions } from '../models/half-session/simulated-half-sessions.ts';

const UNTIL = '2026-11-27';
const GOOD = goodBars({ count: 500, until: UNTIL });
const weekdayOf = (date: string) => new Date(`${date}T00:00:00Z`).getUTCDay();
/** A market that keeps two holidays on weekdays which New York does not, and none of New York's. */
const FOREIGN: TradingCalendar = {
  ...WEEKDAYS,
  name: 'XFOR',
  exceptions: new Map(
    ['2024', '2025', '2026'].flatMap((year) => [
      [`${year}-05-01`, 'closed'],
      [`${year}-08-15`, 'closed'],
      [`${year}-10-01`, 'closed'],
      [`${year}-10-02`, 'closed'],
      [`${year}-11-11`, 'closed'],
      [`${year}-12-08`, 'closed'],
      [`${year}-12-09`, 'closed'],
    ]),
  ),
};
const foreign = goodBars({ count: 500, until: UNTIL, calendar: FOREIGN });

function found(bars: readonly Bar[], calendar = NEW_YORK, known = BUILT_IN_CALENDARS) {
  return assessBars(columnsFromBars('X', '1D', bars), { calendar, known });
}
const codes = (...args: Parameters<typeof found>) => found(...args).map(({ code }) => code);
const moved = (from: number, to: number, days: number) =>
  GOOD.map((bar, i) => (i >= from && i < to ? { ...bar, time: daysAfter(bar.time, days) } : bar));
/** The first session of a week, by ordinal. */
const monday = (from: number) => GOOD.findIndex(({ time }, i) => i >= from && weekdayOf(time) === 1);

describe('dates', () => {
  it.each([
    ['of every day', EVERY_DAY],
    ['of weekdays', WEEKDAYS],
  ] as const)('%s fit their calendar, and are refused by New York with its name', (_, calendar) => {
    const bars = goodBars({ count: 500, until: UNTIL, calendar });
    expect(found(bars, calendar)).toEqual([]);
    expect(found(bars)).toMatchObject([
      { severity: 'refuse', code: 'other_calendar', details: { fits: calendar.name } },
    ]);
  });

  it('of New York are refused by calendars with more sessions', () => {
    for (const calendar of [EVERY_DAY, WEEKDAYS])
      expect(found(GOOD, calendar)).toMatchObject([{ code: 'other_calendar', details: { fits: 'XNYS' } }]);
  });

  it('of a market that nobody listed are refused, and named where its closures are known', () => {
    expect(found(foreign)).toMatchObject([{ code: 'other_calendar', details: { fits: null } }]);
    expect(found(foreign, NEW_YORK, [...BUILT_IN_CALENDARS, FOREIGN])).toMatchObject([
      {
        code: 'other_calendar',
        details: { fits: 'XFOR' },
        message: expect.stringContaining('--calendar XFOR'),
      },
    ]);
    expect(found(foreign, FOREIGN)).toEqual([]);
    // No known calendar fits, but one with sessions at weekends cannot.
    expect(codes(foreign, EVERY_DAY)).toEqual(['other_calendar']);
  });

  it('that the calendar does not know are not held against it', () => {
    const bars = goodBars({ count: 300, until: '1992-12-31', calendar: EVERY_DAY });
    expect(found(bars)).toEqual([]);
  });

  it('with a stray bar are told, and the gaps beside it', () => {
    const saturday = { ...GOOD[250], time: daysAfter(GOOD[monday(250)].time, -2), volume: 7 };
    const bars = [...GOOD.filter((_, i) => i !== 100), saturday].sort((a, b) => (a.time < b.time ? -1 : 1));
    expect(found(bars)).toMatchObject([
      { code: 'gap', details: { first: [GOOD[100].time] } },
      { code: 'off_calendar', details: { first: [saturday.time] } },
    ]);
  });

  it.each([-3, -2, -1, 1, 2, 3])('%s days off are refused as shifted', (days) => {
    expect(found(moved(0, 500, days))).toMatchObject([{ code: 'shifted_dates', details: { shift: days } }]);
  });

  it('a day early over two weekends are refused as shifted, with the stretch', () => {
    const [from, to] = [monday(200), monday(215)];
    const [{ code, details }] = found(moved(from, to, -1));
    expect(code).toBe('shifted_dates');
    // Days before a stretch that are sessions either way belong to it.
    expect(Number(details.bars) - (to - from)).toBeLessThanOrEqual(4);
  });

  it('of half sessions are New York alone', () => {
    const halves = simulatedHalfSessions(1, 100);
    expect(assessBars(halves, { calendar: NEW_YORK })).toEqual([]);
    expect(assessBars(halves, { calendar: WEEKDAYS })).toMatchObject([
      { code: 'half_sessions_are_new_yorks' },
    ]);
    const clock = { ...halves, times: halves.times.map((time) => time.replace(/:30:/, ':00:')) };
    expect(assessBars(clock, { calendar: NEW_YORK })).toMatchObject([{ code: 'not_a_half_session' }]);
  });
});

describe('bars of a longer timeframe', () => {
  const byWeek = GOOD.filter(({ time }, i) => i === 499 || weekdayOf(GOOD[i + 1].time) < weekdayOf(time));
  const byMonth = GOOD.filter(
    ({ time }, i) => i === 499 || GOOD[i + 1].time.slice(0, 7) !== time.slice(0, 7),
  );
  const saturdays = sessionsUpTo(UNTIL, 700, EVERY_DAY).filter((date) => weekdayOf(date) === 6);

  it.each([
    ['weekly', byWeek, 'weekly_bars'],
    ['weekly, dated on Saturdays', saturdays.map((time, i) => ({ ...GOOD[i], time })), 'weekly_bars'],
    ['weekly in the first part', [...byWeek.slice(0, 20), ...GOOD.slice(150)], 'weekly_bars'],
    ['monthly', byMonth, 'monthly_bars'],
    ['every other', GOOD.filter((_, i) => i % 2 === 0), 'sparse_bars'],
  ])('%s are refused by name', (_, bars, code) => {
    expect(codes(bars)).toEqual([code]);
  });
});

describe('a companion', () => {
  it('that is refused is left out with a note, and the others stay', () => {
    const bars = columnsFromBars('GOOD', '1D', GOOD);
    const broken = columnsFromBars('BAD', '1D', moved(0, 500, -1));
    const { series, notes } = checkCompanions(
      [bars, broken].map((one) => ({ bars: one, rules: { calendar: NEW_YORK } })),
    );
    expect(series.map(({ symbol }) => symbol)).toEqual(['GOOD']);
    expect(notes).toMatchObject([
      { code: 'companion_left_out', details: { symbol: 'BAD', error_code: 'shifted_dates' } },
    ]);
  });
});
