import { describe, expect, it } from 'vitest';
import { formatDate, parseDate } from '../../../src/shared/calendars/civil-date.ts';
import { newYorkTime } from '../../../src/shared/calendars/new-york-time.ts';
import { zonedTime } from '../../../src/shared/calendars/zoned-time.ts';

describe('a time of day in a time zone', () => {
  it.each([
    ['2026-03-28', '17:30', 'Europe/Paris', '2026-03-28T16:30:00Z'],
    ['2026-03-29', '17:30', 'Europe/Paris', '2026-03-29T15:30:00Z'], // clocks changed at night
    ['2026-10-25', '17:30', 'Europe/Paris', '2026-10-25T16:30:00Z'],
    ['2026-03-29', '02:30', 'Europe/Paris', '2026-03-29T01:30:00Z'], // skipped
    ['2026-10-25', '02:30', 'Europe/Paris', '2026-10-25T01:30:00Z'], // there twice
    ['2026-12-01', '15:30', 'Asia/Kolkata', '2026-12-01T10:00:00Z'],
    ['2026-12-01', '16:00', 'Pacific/Auckland', '2026-12-01T03:00:00Z'],
    ['2026-12-01', '24:00', 'Asia/Tokyo', '2026-12-01T15:00:00Z'],
    ['2026-12-31', '24:00', 'UTC', '2027-01-01T00:00:00Z'],
    ['2026-12-01', '24:00', 'America/New_York', '2026-12-02T05:00:00Z'],
  ])('%s %s in %s is %s', (date, time, timeZone, instant) => {
    expect(zonedTime(date, time, timeZone)).toBe(instant);
  });

  it('is in New York, by arithmetic, what the time zone database says', () => {
    // An alias of New York's zone does not take the arithmetic.
    const days = Array.from({ length: 4 * 365 }, (_, i) => formatDate(parseDate('1993-01-01') + 10 * i));
    for (const date of days) {
      for (const time of ['09:30', '17:00'])
        expect(newYorkTime(date, time)).toBe(zonedTime(date, time, 'US/Eastern'));
    }
  });
});
