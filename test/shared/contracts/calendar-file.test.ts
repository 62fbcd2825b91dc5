import { describe, expect, it } from 'vitest';
import { isHalfDay, nextSession, sessionClose } from '../../../src/shared/calendars/sessions.ts';
import { parseCalendarFile } from '../../../src/shared/contracts/calendar-file/parse-calendar-file.ts';

const HEADINGS = ['# time zone Europe/Paris', '# close 17:30', '# known 2026-01-01 to 2026-12-31'];
const fileOf = (...rows: string[]) => [...HEADINGS, ...rows].join('\n');
const messageOf = (text: string, name = 'XPAR'): string => {
  try {
    parseCalendarFile(text, name);
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_calendar' });
    return (error as Error).message;
  }
  throw new Error('It was read');
};

describe('a calendar file', () => {
  it('is read with its headings, kinds and reasons', () => {
    const text = [
      '\uFEFF# Euronext Paris, kept by hand',
      '# Time zone: Europe/Paris',
      '# close 17:30',
      '# half day close 14:05',
      '# known 2026-01-01 to 2026-12-31',
      '',
      'Reason, Date, Kind',
      '"Christmas, first day",2026-12-25,closed',
      ',2026-12-24,half_day',
      'Labour Day,2026-05-01,',
      'Boxing Day (a Saturday),2026-12-26,closed',
    ].join('\r\n');
    const { calendar, closures } = parseCalendarFile(text, 'XPAR');
    expect(closures).toEqual([
      { date: '2026-05-01', kind: 'closed', reason: 'Labour Day' },
      { date: '2026-12-24', kind: 'half_day', reason: '' },
      { date: '2026-12-25', kind: 'closed', reason: 'Christmas, first day' },
    ]);
    expect(calendar).toMatchObject({ name: 'XPAR', rule: 'weekdays', knownUntil: '2026-12-31' });
    expect(nextSession('2026-04-30', calendar)).toBe('2026-05-04');
    expect(isHalfDay('2026-12-24', calendar)).toBe(true);
    expect(sessionClose('2026-12-24', calendar)).toBe('2026-12-24T13:05:00Z');
  });

  it('may have sessions at weekends', () => {
    const text = fileOf('# every day', 'date', '2026-05-01', '2026-05-02');
    const { calendar } = parseCalendarFile(text, 'XTAE');
    expect(calendar.rule).toBe('every_day');
    expect(nextSession('2026-04-30', calendar)).toBe('2026-05-03');
  });

  it('needs no column but date', () => {
    const { closures } = parseCalendarFile(fileOf('date', '2026-05-01'), 'XPAR');
    expect(closures).toEqual([{ date: '2026-05-01', kind: 'closed', reason: '' }]);
  });

  it('tells all that is wrong with it at once', () => {
    const message = messageOf(
      [
        '# time zone Paris',
        '# close half past five',
        'date,kind',
        '2026-02-30,closed',
        '2026-05-01,open',
        '2026-12-24,half_day',
        '2026-12-24,closed',
      ].join('\n'),
    );
    expect(message.split('. ')).toEqual([
      'The calendar XPAR cannot be read: "Paris" is no time zone: name one as IANA does, such as Europe/Paris',
      '"half past five" is not a time of day HH:MM: write "# close 17:30"',
      'A line such as "# known 2000-01-01 to 2026-12-31" is missing',
      'Line 4: "2026-02-30" is not a date YYYY-MM-DD',
      'Line 5 (2026-05-01): "open" is no kind: write closed or half_day',
      'Line 7: 2026-12-24 is in line 6 already',
      'Line 6: 2026-12-24 is a half day; a line such as "# half day close 14:05" must say when it closes',
    ]);
  });

  it('names twenty faults and counts the others', () => {
    const rows = Array.from({ length: 25 }, (_, i) => `2026-13-${i}`);
    const message = messageOf(fileOf('date', ...rows));
    expect(message).toContain('Line 24: "2026-13-19" is not a date');
    expect(message).not.toContain('2026-13-20');
    expect(message).toContain('There are 5 more faults');
  });

  it.each([
    ['2027-01-01', 'lies outside of 2026-01-01 to 2026-12-31'],
    ['2025-12-25', 'lies outside of 2026-01-01 to 2026-12-31'],
  ])('refuses %s: it %s', (date, reason) => {
    expect(messageOf(fileOf('date', date))).toContain(`${date} ${reason}`);
  });

  it.each([
    ['', 'There is no table'],
    ['day,kind', 'the header lacks date'],
    ['# close 18:00\ndate', '"# close 17:30" is there 2 times'],
    ['# half day close 17:30\ndate', 'must close before 17:30'],
  ])('refuses the table %j: %s', (table, reason) => {
    expect(messageOf(fileOf(table))).toContain(reason);
  });

  it.each(['# known 2026', '# known 2026-01-01 to 2025-01-01', '# known a to b'])('refuses "%s"', (known) => {
    const text = ['# time zone UTC', '# close 24:00', known, 'date', '2026-05-01'].join('\n');
    expect(messageOf(text)).toMatch(/does not name two dates|ends before it begins/);
  });

  it.each(['XNYS', '24/7', 'WEEKDAYS', 'A B', ''])('may not be called "%s"', (name) => {
    expect(messageOf(fileOf('date'), name)).toMatch(/built in|not a calendar's name/);
  });
});
