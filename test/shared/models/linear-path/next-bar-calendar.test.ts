import { describe, expect, it } from 'vitest';
import { EVERY_DAY, WEEKDAYS } from '../../../../src/shared/calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../../../../src/shared/calendars/trading-calendar.ts';
import { nextBarCalendars } from '../../../../src/shared/models/linear-path/next-bar-calendar.ts';
import { columnsFromBars, type Series } from '../../../../src/shared/series/series.ts';
import { uncheckedSeries } from '../../series/unchecked-series.ts';

const ORDINARY = { days: 1, halfDay: 0, afternoon: 0, monthEnd: 0, monthStart: 0 };

describe('the calendar of the next bar', () => {
  const at = (time: string, timeframe: Series['timeframe'] = '1D', calendar?: TradingCalendar) =>
    nextBarCalendars(
      uncheckedSeries(
        columnsFromBars('X', timeframe, [{ time, open: 1, high: 1, low: 1, close: 1, volume: 1 }]),
        calendar,
      ),
    )[0];

  it.each([
    ['2024-03-27', { ...ORDINARY, weekday: 4, monthEnd: 1 }],
    ['2024-03-28', { ...ORDINARY, weekday: 1, days: 4, monthStart: 1 }], // over Good Friday
    ['2024-07-02', { ...ORDINARY, weekday: 3, halfDay: 1 }],
    ['2024-07-03', { ...ORDINARY, weekday: 5, days: 2 }],
  ])('of the session of %s is that of the next session', (time, expected) => {
    expect(at(time)).toEqual(expected);
  });

  it('is of the series\u2019 own calendar', () => {
    const saturday = { ...ORDINARY, weekday: 6 };
    expect(at('2024-03-29', '1D', EVERY_DAY)).toEqual(saturday);
    expect(at('2024-03-28', '1D', WEEKDAYS)).toEqual({ ...ORDINARY, weekday: 5, monthEnd: 1 }); // Good Friday
  });

  it.each([
    ['2024-07-02T13:30:00Z', { ...ORDINARY, weekday: 2, days: 0, afternoon: 1 }],
    ['2024-07-02T17:30:00Z', { ...ORDINARY, weekday: 3, halfDay: 1 }],
    ['2024-01-19T14:30:00Z', { ...ORDINARY, weekday: 5, days: 0, afternoon: 1 }],
    ['2024-01-19T18:30:00Z', { ...ORDINARY, weekday: 1, days: 3 }],
  ])('of the half session that starts at %s is that of the next half', (time, expected) => {
    expect(at(time, '4h')).toEqual(expected);
  });

  it('says when a month begins with it, and when one ends', () => {
    expect(at('2024-04-29')).toMatchObject({ monthEnd: 1, monthStart: 0 });
    expect(at('2024-04-30')).toMatchObject({ monthEnd: 0, monthStart: 1 });
    // Both halves of the last session are of the month's end, the first half of the next one alone begins a month.
    expect(at('2024-04-30T13:30:00Z', '4h')).toMatchObject({ monthEnd: 1, monthStart: 0 });
    expect(at('2024-04-30T17:30:00Z', '4h')).toMatchObject({ monthEnd: 0, monthStart: 1 });
    expect(at('2024-05-01T13:30:00Z', '4h')).toMatchObject({ monthEnd: 0, monthStart: 0 });
  });
});
