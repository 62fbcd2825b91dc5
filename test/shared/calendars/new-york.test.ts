import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { newYorkException } from '../../../src/shared/calendars/new-york-rules.ts';
import { isHalfDay, isSession, nextSession, sessionClose } from '../../../src/shared/calendars/sessions.ts';
import { sp500Bars } from '../series/sp500.ts';

const sessions = sp500Bars().map((bar) => bar.time);

describe('the New York trading calendar', () => {
  it('has exactly the sessions of the S&P 500 from 2000 to 2020', () => {
    expect(sessions).toHaveLength(5105);
    const walked = [sessions[0]];
    while (walked.length < sessions.length) walked.push(nextSession(walked.at(-1)!, NEW_YORK));
    expect(walked).toEqual(sessions);
    expect(sessions.every((date) => isSession(date, NEW_YORK))).toBe(true);
  });

  // Printed in the exchange's own holiday tables.
  it.each([
    ['2021-12-31', true], // New Year's Day on a Saturday is not kept on Friday
    ['2022-06-20', false], // Juneteenth on a Sunday
    ['2021-06-18', true], // before Juneteenth was kept
    ['2023-04-07', false], // Good Friday
    ['2024-03-29', false], // Good Friday in March
    ['2025-01-09', false], // day of mourning
    ['2026-07-03', false], // Independence Day on a Saturday
    ['2027-12-24', false], // Christmas on a Saturday
    ['1997-01-20', true], // before Martin Luther King Day was kept
    ['1998-01-19', false],
    ['2026-11-26', false],
    ['2028-02-29', true],
  ])('%s is a session: %s', (date, expected) => {
    expect(isSession(date, NEW_YORK)).toBe(expected);
  });

  it.each([
    ['2020-04-17', '2020-04-17T20:00:00Z'],
    ['2020-01-17', '2020-01-17T21:00:00Z'],
    ['2024-03-08', '2024-03-08T21:00:00Z'], // the last session of winter time
    ['2024-03-11', '2024-03-11T20:00:00Z'],
    ['2024-11-01', '2024-11-01T20:00:00Z'],
    ['2024-11-04', '2024-11-04T21:00:00Z'],
    ['2006-03-31', '2006-03-31T21:00:00Z'], // the rules before 2007
    ['2006-04-03', '2006-04-03T20:00:00Z'],
    ['2006-10-27', '2006-10-27T20:00:00Z'],
    ['2006-10-30', '2006-10-30T21:00:00Z'],
    ['2024-11-29', '2024-11-29T18:00:00Z'], // half days
    ['2024-07-03', '2024-07-03T17:00:00Z'],
    ['2024-12-24', '2024-12-24T18:00:00Z'],
  ])('the session of %s closes at %s', (date, close) => {
    expect(sessionClose(date, NEW_YORK)).toBe(close);
  });

  it('agrees with the time zone database on every close of 33 years', () => {
    const newYork = new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/New_York',
      hour: 'numeric',
      hourCycle: 'h23',
    });
    let date = '1993-01-04';
    let checked = 0;
    for (; date < '2030-01-01'; date = nextSession(date, NEW_YORK)) {
      const hour = Number(newYork.format(new Date(sessionClose(date, NEW_YORK))));
      if (hour !== (isHalfDay(date, NEW_YORK) ? 13 : 16)) throw new Error(`${date} closes at ${hour}`);
      checked++;
    }
    expect(checked).toBeGreaterThan(9000);
  });

  it('knows the half days around Independence Day, which changed in 2013', () => {
    const july = (year: number) =>
      [1, 2, 3, 4, 5].map((day) => `${year}-07-0${day}`).filter((date) => isHalfDay(date, NEW_YORK));
    expect(july(2002)).toEqual(['2002-07-05']);
    expect(july(2007)).toEqual(['2007-07-03']);
    expect(july(2013)).toEqual(['2013-07-03']);
    expect(july(2020)).toEqual([]);
    expect(july(2021)).toEqual([]);
    expect(july(2025)).toEqual(['2025-07-03']);
  });

  it.each([
    ['2026-04-03', 'closed', 'Good Friday'],
    ['2022-06-20', 'closed', 'Juneteenth'],
    ['2025-01-09', 'closed', 'Mourning for President Carter'],
    ['2012-10-30', 'closed', 'Hurricane Sandy'],
    ['1999-12-31', 'half_day', 'Eve of the year 2000'],
    ['2002-07-05', 'half_day', 'Day after Independence Day'],
    ['2026-12-24', 'half_day', 'Christmas Eve'],
  ])('%s is %s: %s', (date, kind, reason) => {
    expect(newYorkException(date)).toEqual({ kind, reason });
  });

  it('has nothing to say of full sessions and weekends', () => {
    for (const date of ['2026-12-23', '2026-07-04', '2027-12-25']) expect(newYorkException(date)).toBeNull();
  });

  it.each(['2020-02-30', '2020-13-01', '20200101', '2020-1-1', '', '2020-01-01T00:00:00Z'])(
    'refuses "%s" as a date',
    (date) => {
      expect(() => nextSession(date, NEW_YORK)).toThrow(expect.objectContaining({ code: 'invalid_date' }));
    },
  );

  it('refuses the close of a day without a session', () => {
    expect(() => sessionClose('2024-12-25', NEW_YORK)).toThrow(
      expect.objectContaining({ code: 'no_session' }),
    );
  });
});
