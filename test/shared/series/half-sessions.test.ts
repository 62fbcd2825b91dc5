import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { isHalfDay, nextSession, sessionClose } from '../../../src/shared/calendars/sessions.ts';
import {
  halfSessionFrom,
  halfSessions,
  nextHalfSession,
  requireHalfSession,
} from '../../../src/shared/series/half-sessions.ts';

describe('the halves of a session', () => {
  it('begin at 09:30 and 13:30 in New York, in summer and in winter', () => {
    expect(halfSessions('2024-03-08')).toEqual([
      { date: '2024-03-08', position: 'first', start: '2024-03-08T14:30:00Z', end: '2024-03-08T18:30:00Z' },
      { date: '2024-03-08', position: 'second', start: '2024-03-08T18:30:00Z', end: '2024-03-08T21:00:00Z' },
    ]);
    // The first session of daylight saving time.
    expect(halfSessions('2024-03-11').map(({ start, end }) => [start, end])).toEqual([
      ['2024-03-11T13:30:00Z', '2024-03-11T17:30:00Z'],
      ['2024-03-11T17:30:00Z', '2024-03-11T20:00:00Z'],
    ]);
  });

  it('are one on a half day, which ends at 13:00, and none on a day without a session', () => {
    expect(halfSessions('2024-11-29')).toEqual([
      { date: '2024-11-29', position: 'first', start: '2024-11-29T14:30:00Z', end: '2024-11-29T18:00:00Z' },
    ]);
    expect(halfSessions('2024-11-28')).toEqual([]);
    expect(halfSessions('2024-11-30')).toEqual([]);
  });

  it('agree with the time zone database in every session of 20 years', () => {
    const newYork = new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/New_York',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const clock = (instant: string) => newYork.format(new Date(instant));
    for (let date = '2007-01-03'; date < '2027-01-01'; date = nextSession(date, NEW_YORK)) {
      const halves = halfSessions(date);
      const times = halves.flatMap(({ start, end }) => [clock(start), clock(end)]);
      expect(times).toEqual(
        isHalfDay(date, NEW_YORK) ? ['09:30', '13:00'] : ['09:30', '13:30', '13:30', '16:00'],
      );
      expect(halves.at(-1)!.end).toBe(sessionClose(date, NEW_YORK));
    }
  });

  it.each([
    ['2024-07-02T13:30:00Z', 'first'],
    ['2024-07-02T17:30:00Z', 'second'],
    ['2024-07-03T13:30:00Z', 'first'],
    ['2024-07-03T17:30:00Z', undefined], // a half day
    ['2024-07-04T13:30:00Z', undefined], // a holiday
    ['2024-07-02T16:00:00Z', undefined], // a clock bar
    ['2024-01-02T13:30:00Z', undefined], // summer's start in winter
  ])('that starts at %s is the %s one', (start, position) => {
    expect(halfSessionFrom(start)?.position).toBe(position);
  });

  it.each(['2024-07-02', '2024-07-02T13:30', '2024-07-02T13:30:00+00:00', 'x'])(
    '"%s" is no instant',
    (start) => {
      expect(() => halfSessionFrom(start)).toThrow(expect.objectContaining({ code: 'invalid_date' }));
    },
  );

  it('say what is wrong with a start that is none', () => {
    const refusal = (start: string) => expect(() => requireHalfSession(start));
    refusal('2024-07-03T17:30:00Z').toThrow(/2024-07-03, a half day, its only one starts at 13:30:00Z/);
    refusal('2024-07-02T16:00:00Z').toThrow(/start at 13:30:00Z and 17:30:00Z/);
    refusal('2024-07-04T13:30:00Z').toThrow(/no session on 2024-07-04/);
  });
});

describe('the next half session', () => {
  it.each([
    ['2024-07-02T13:30:00Z', '2024-07-02T17:30:00Z'],
    ['2024-07-02T17:30:00Z', '2024-07-03T13:30:00Z'],
    ['2024-07-03T13:30:00Z', '2024-07-05T13:30:00Z'], // after a half day and a holiday
    ['2024-03-08T18:30:00Z', '2024-03-11T13:30:00Z'], // over the change of clocks
    ['2024-11-01T17:30:00Z', '2024-11-04T14:30:00Z'],
  ])('after %s starts at %s', (start, next) => {
    expect(nextHalfSession(start, NEW_YORK).start).toBe(next);
  });

  it('is none after what is no half session', () => {
    expect(() => nextHalfSession('2024-07-02T16:00:00Z', NEW_YORK)).toThrow(
      expect.objectContaining({ code: 'not_a_half_session' }),
    );
  });
});
