import { describe, expect, it } from 'vitest';
import { EVERY_DAY, NEW_YORK, WEEKDAYS } from '../../../src/shared/calendars/built-in-calendars.ts';
import { missingSessions, sessionsSince } from '../../../src/shared/calendars/missing-sessions.ts';
import {
  isComplete,
  isHalfDay,
  isSession,
  lastSessionBy,
  nextSession,
  sessionClose,
} from '../../../src/shared/calendars/sessions.ts';
import { sessionsPerYear } from '../../../src/shared/calendars/sessions-per-year.ts';
import type { TradingCalendar } from '../../../src/shared/calendars/trading-calendar.ts';

const PARIS: TradingCalendar = {
  name: 'XPAR',
  rule: 'weekdays',
  timeZone: 'Europe/Paris',
  close: '17:30',
  halfDayClose: '14:05',
  knownFrom: '2026-01-01',
  knownUntil: '2026-12-31',
  exceptions: new Map([
    ['2026-05-01', 'closed'],
    ['2026-12-24', 'half_day'],
    ['2026-12-25', 'closed'],
  ]),
};

describe('the sessions of a calendar', () => {
  it.each([
    [NEW_YORK, '2026-11-25', '2026-11-27', '2026-11-27T18:00:00Z'], // Thanksgiving; a half day
    [EVERY_DAY, '2026-11-27', '2026-11-28', '2026-11-29T00:00:00Z'], // a Friday
    [EVERY_DAY, '2026-12-31', '2027-01-01', '2027-01-02T00:00:00Z'],
    [WEEKDAYS, '2026-11-25', '2026-11-26', '2026-11-26T22:00:00Z'],
    [WEEKDAYS, '2026-07-03', '2026-07-06', '2026-07-06T21:00:00Z'],
    [PARIS, '2026-04-30', '2026-05-04', '2026-05-04T15:30:00Z'],
    [PARIS, '2026-12-23', '2026-12-24', '2026-12-24T13:05:00Z'],
    [PARIS, '2026-12-24', '2026-12-28', '2026-12-28T16:30:00Z'],
    // Beyond what it knows, by its rule.
    [PARIS, '2027-04-30', '2027-05-03', '2027-05-03T15:30:00Z'],
  ])('$name: after %s comes %s, which closes at %s', (calendar, date, next, close) => {
    expect(nextSession(date, calendar)).toBe(next);
    expect(sessionClose(next, calendar)).toBe(close);
    expect(isComplete(next, calendar, close)).toBe(true);
    expect(isComplete(next, calendar, new Date(Date.parse(close) - 1000).toISOString())).toBe(false);
  });

  it.each([
    [NEW_YORK, '2026-11-26', '2026-11-25'],
    [NEW_YORK, '2026-11-27', '2026-11-27'],
    [PARIS, '2026-12-27', '2026-12-24'],
    [EVERY_DAY, '2026-12-27', '2026-12-27'],
  ])('$name: the last one by %s is %s', (calendar, date, last) => {
    expect(lastSessionBy(date, calendar)).toBe(last);
  });

  it('heeds what operators announced beside the rules of New York', () => {
    const announced: TradingCalendar = {
      ...NEW_YORK,
      exceptions: new Map([
        ['2027-03-10', 'closed'],
        ['2027-03-11', 'half_day'],
        // Closed by rule stays closed.
        ['2027-12-24', 'half_day'],
      ]),
    };
    expect(nextSession('2027-03-09', announced)).toBe('2027-03-11');
    expect(sessionClose('2027-03-11', announced)).toBe('2027-03-11T18:00:00Z');
    expect(isSession('2027-12-24', announced)).toBe(false);
    expect(isHalfDay('2027-12-24', announced)).toBe(false);
    expect(isHalfDay('2027-11-26', announced)).toBe(true);
  });

  it('counts what is missing and what closed since', () => {
    const times = ['2026-04-29', '2026-05-01', '2026-05-05'];
    expect(missingSessions(times, PARIS)).toEqual(['2026-04-30', '2026-05-04']);
    expect(sessionsSince('2026-12-24', '2026-12-28T16:29:59Z', PARIS)).toBe(0);
    expect(sessionsSince('2026-12-24', '2026-12-28T16:30:00Z', PARIS)).toBe(1);
    expect(sessionsSince('2026-11-27', '2026-11-30T00:00:00Z', EVERY_DAY)).toBe(2);
  });

  it('holds no date against a calendar that does not know it', () => {
    const times = ['2025-12-19', '2025-12-27', '2026-01-02', '2027-01-02', '2027-01-06'];
    const missing = missingSessions(times, PARIS);
    expect([missing[0], missing.at(-1)]).toEqual(['2026-01-01', '2026-12-31']);
  });

  it('has so many sessions in a year', () => {
    expect(sessionsPerYear(NEW_YORK)).toBe(252);
    expect(sessionsPerYear(EVERY_DAY)).toBe(365);
    expect(sessionsPerYear(WEEKDAYS)).toBe(261);
    expect(sessionsPerYear(PARIS)).toBe(259); // two closures in the year that it knows
  });

  it('refuses to look for a session in a calendar that has none', () => {
    const exceptions = new Map(
      Array.from({ length: 800 }, (_, i) => [
        new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10),
        'closed' as const,
      ]),
    );
    expect(() => nextSession('2026-01-01', { ...PARIS, exceptions })).toThrow(
      expect.objectContaining({ code: 'no_session' }),
    );
  });
});
