import { getHolidays } from 'nyse-holidays';
import { describe, expect, it } from 'vitest';
import { compareCalendar } from '../../../bench/calendar/calendar-bench.ts';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { formatDate, parseDate, weekday } from '../../../src/shared/calendars/civil-date.ts';
import { newYorkTime } from '../../../src/shared/calendars/new-york-time.ts';
import { isHalfDay, isSession, nextSession, sessionClose } from '../../../src/shared/calendars/sessions.ts';
import { sp500Bars } from '../series/sp500.ts';

/** Every day since 1993 on which the exchange stayed closed without a rule. */
const UNSCHEDULED = [
  '1994-04-27',
  ...['2001-09-11', '2001-09-12', '2001-09-13', '2001-09-14'],
  '2004-06-11',
  '2007-01-02',
  ...['2012-10-29', '2012-10-30'],
  '2018-12-05',
  '2025-01-09',
];

/** Every close at 13:00 since 1993, by year: those announced, and for the years to come those of the rules. */
const HALF_DAYS = `
1993 11-26
1994 11-25
1995 07-03 11-24
1996 07-05 11-29 12-24
1997 07-03 11-28 12-24 12-26
1998 11-27 12-24
1999 11-26 12-31
2000 07-03 11-24
2001 07-03 11-23 12-24
2002 07-05 11-29 12-24
2003 07-03 11-28 12-24 12-26
2004 11-26
2005 11-25
2006 07-03 11-24
2007 07-03 11-23 12-24
2008 07-03 11-28 12-24
2009 11-27 12-24
2010 11-26
2011 11-25
2012 07-03 11-23 12-24
2013 07-03 11-29 12-24
2014 07-03 11-28 12-24
2015 11-27 12-24
2016 11-25
2017 07-03 11-24
2018 07-03 11-23 12-24
2019 07-03 11-29 12-24
2020 11-27 12-24
2021 11-26
2022 11-25
2023 07-03 11-24
2024 07-03 11-29 12-24
2025 07-03 11-28 12-24
2026 11-27 12-24
2027 11-26
2028 07-03 11-24`
  .trim()
  .split('\n')
  .flatMap((line) =>
    line
      .slice(5)
      .split(' ')
      .map((day) => `${line.slice(0, 4)}-${day}`),
  );

/** Monday to Friday, first to last. */
function weekdays(first: string, last: string): string[] {
  const dates: string[] = [];
  for (let day = parseDate(first); day <= parseDate(last); day++) {
    if (weekday(day) >= 1 && weekday(day) <= 5) dates.push(formatDate(day));
  }
  return dates;
}

describe('the New York calendar since 1993', () => {
  it.each([
    ['1994-04-26', '1994-04-28'],
    ['2001-09-10', '2001-09-17'],
    ['2004-06-10', '2004-06-14'],
    ['2006-12-29', '2007-01-03'],
    ['2012-10-26', '2012-10-31'],
    ['2018-12-04', '2018-12-06'],
    ['2025-01-08', '2025-01-10'],
  ])('goes from %s to %s', (before, after) => {
    expect(nextSession(before, NEW_YORK)).toBe(after);
    expect(isSession(after, NEW_YORK)).toBe(true);
  });

  it('is closed on the holidays of another list, the unscheduled days, and no other weekday, to 2035', () => {
    const years = Array.from({ length: 2035 - 1998 + 1 }, (_, i) => 1998 + i);
    const holidays = new Set([
      ...years.flatMap((year) => getHolidays(year).map(({ dateString }) => dateString)),
      ...UNSCHEDULED,
    ]);
    const days = weekdays('1998-01-01', '2035-12-31');
    expect(days.filter((date) => !isSession(date, NEW_YORK))).toEqual(
      days.filter((date) => holidays.has(date)),
    );
  });

  it('closes at 13:00 on these days and no others', () => {
    const found = weekdays('1993-01-01', '2028-12-31').filter((date) => isHalfDay(date, NEW_YORK));
    expect(found).toEqual(HALF_DAYS);
    for (const date of HALF_DAYS) expect(sessionClose(date, NEW_YORK)).toBe(newYorkTime(date, '13:00'));
  });

  it('changes its clocks where the time zone database does, in the first session after each change', () => {
    const newYork = new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/New_York',
      hour: 'numeric',
      hourCycle: 'h23',
    });
    const behind = (date: string) => {
      const noon = new Date(`${date}T17:00:00Z`);
      return 17 - Number(newYork.format(noon));
    };
    let changes = 0;
    let previous = '1993-01-04';
    for (
      let date = nextSession(previous, NEW_YORK);
      date < '2036-01-01';
      date = nextSession(date, NEW_YORK)
    ) {
      const open = newYorkTime(date, '09:30');
      if (open !== `${date}T${9 + behind(date)}:30:00Z`) throw new Error(`${date} opens at ${open}`);
      if (behind(date) !== behind(previous)) changes++;
      previous = date;
    }
    expect(changes).toBe(2 * (2035 - 1993 + 1));
  });
});

describe('the calendar bench', () => {
  const sessions = sp500Bars().map((bar) => bar.time);

  it('finds no difference to the S&P 500 of 2000 to 2020', () => {
    expect(compareCalendar(sessions)).toEqual({ falseClosures: [], missedSessions: [] });
  });

  it('finds a bar on a closed day, and a session without a bar', () => {
    const changed = [...sessions.filter((date) => date !== '2010-03-03'), '2020-04-19'];
    expect(compareCalendar(changed)).toEqual({
      falseClosures: ['2020-04-19'],
      missedSessions: ['2010-03-03'],
    });
  });
});
