import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { missingSessions, sessionsSince } from '../../../src/shared/calendars/missing-sessions.ts';
import { missingBars } from '../../../src/shared/series/missing-bars.ts';

describe('missing bars', () => {
  it('are the sessions between the first and an instant that are not there', () => {
    const times = ['2024-12-20', '2024-12-24', '2024-12-26'];
    expect(missingBars(times, '1D', '2024-12-30T12:00:00Z', NEW_YORK)).toEqual(['2024-12-23', '2024-12-27']);
    expect(missingSessions(times, NEW_YORK)).toEqual(['2024-12-23']);
    expect(missingBars([], '1D', '2024-12-30T12:00:00Z', NEW_YORK)).toEqual([]);
  });

  it('of half sessions begin after the first bar, and a half day has one', () => {
    const times = ['2024-12-23T18:30:00Z', '2024-12-26T18:30:00Z'];
    expect(missingBars(times, '4h', '2024-12-26T21:00:00Z', NEW_YORK)).toEqual([
      '2024-12-24T14:30:00Z',
      '2024-12-26T14:30:00Z',
    ]);
  });

  it('are told beside a bar on a day without a session', () => {
    const times = ['2024-12-20', '2024-12-22', '2024-12-26'];
    expect(missingSessions(times, NEW_YORK)).toEqual(['2024-12-23', '2024-12-24']);
  });

  it('since a bar are counted at the close', () => {
    expect(sessionsSince('2024-12-24', '2024-12-26T20:59:59Z', NEW_YORK)).toBe(0);
    expect(sessionsSince('2024-12-24T14:30:00Z', '2024-12-26T21:00:00Z', NEW_YORK)).toBe(1);
  });
});
