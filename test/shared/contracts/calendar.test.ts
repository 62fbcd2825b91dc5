import { describe, expect, it } from 'vitest';
import { sessionClose } from '../../../src/shared/calendars/sessions.ts';
import { barRulesSchema, calendarListSchema } from '../../../src/shared/contracts/calendar.ts';
import { parse } from '../../../src/shared/contracts/parse.ts';

const XPAR = {
  name: 'XPAR',
  rule: 'weekdays',
  time_zone: 'Europe/Paris',
  close: '17:30',
  half_day_close: '14:05',
  known_from: '2000-01-01',
  known_until: '2026-12-31',
  exceptions: [
    ['2026-12-24', 'half_day'],
    ['2026-12-25', 'closed'],
  ],
};

describe('a calendar of the database', () => {
  it('becomes one that sessions are asked of', () => {
    const { calendar, largestMove } = parse(
      barRulesSchema,
      { largest_move: 3, calendar: XPAR },
      'The answer of bar_rules',
    );
    expect(largestMove).toBe(3);
    const covariate = { largest_move: 3, calendar: XPAR, closes_only: true };
    expect(parse(barRulesSchema, covariate, 'The answer of bar_rules').closesOnly).toBe(true);
    expect(sessionClose('2026-12-24', calendar)).toBe('2026-12-24T13:05:00Z');
    expect(structuredClone(calendar)).toEqual(calendar);
    expect(parse(calendarListSchema, [XPAR], 'The answer')).toEqual([calendar]);
  });

  it.each([
    ['time_zone', 'Paris'],
    ['close', '17:30:00'],
    ['close', '24:30'],
    ['known_from', '2000-13-01'],
    ['rule', 'weekends'],
    ['exceptions', [['2026-12-24', 'open']]],
    ['name', ''],
  ])('is refused with the %s %j', (field, value) => {
    const stored = { ...XPAR, [field]: value };
    expect(() => parse(calendarListSchema, [stored], 'The answer')).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(field) }),
    );
  });
});
