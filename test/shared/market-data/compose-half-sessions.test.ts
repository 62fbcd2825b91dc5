import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { composeHalfSessions } from '../../../src/shared/market-data/compose-half-sessions.ts';
import { HistoryFetch } from '../../../src/shared/market-data/history-fetch.ts';
import type { PlainBar } from '../../support/provider-server.ts';
import { halfHourBars } from './plain-bars.ts';

const within = (bars: PlainBar[], from: string, to: string) =>
  bars.filter(({ time }) => time >= from && time < to);

describe('half sessions of half hours', () => {
  it('hold the eight and the five of regular hours, and nothing from before or after', () => {
    const halfHours = halfHourBars('2024-06-03', 1);
    expect(halfHours).toHaveLength(15);
    const { bars, incomplete } = composeHalfSessions(halfHours, NEW_YORK);
    expect(incomplete).toEqual([]);
    expect(bars.map((bar) => bar.time)).toEqual(['2024-06-03T13:30:00Z', '2024-06-03T17:30:00Z']);
    const first = within(halfHours, '2024-06-03T13:30', '2024-06-03T17:30');
    expect(first).toHaveLength(8);
    expect(bars[0]).toEqual({
      time: '2024-06-03T13:30:00Z',
      open: first[0].open,
      high: Math.max(...first.map((bar) => bar.high)),
      low: Math.min(...first.map((bar) => bar.low)),
      close: first[7].close,
      volume: first.reduce((sum, bar) => sum + bar.volume, 0),
    });
    const second = within(halfHours, '2024-06-03T17:30', '2024-06-03T20:00');
    expect(second).toHaveLength(5);
    expect(bars[1]).toMatchObject({ open: second[0].open, close: second[4].close });
  });

  it('follow daylight saving, and a half day has one of seven', () => {
    const starts = (first: string, sessions: number) =>
      composeHalfSessions(halfHourBars(first, sessions), NEW_YORK).bars.map((bar) => bar.time);
    // The clocks go forward on 10 March 2024, a Sunday.
    expect(starts('2024-03-08', 2)).toEqual([
      ...['2024-03-08T14:30:00Z', '2024-03-08T18:30:00Z', '2024-03-11T13:30:00Z', '2024-03-11T17:30:00Z'],
    ]);
    const halfDay = halfHourBars('2024-11-29', 1);
    expect(starts('2024-11-29', 1)).toEqual(['2024-11-29T14:30:00Z']);
    const regular = within(halfDay, '2024-11-29T14:30', '2024-11-29T18:00');
    expect(regular).toHaveLength(7);
    expect(composeHalfSessions(halfDay, NEW_YORK).bars[0].close).toBe(regular[6].close);
  });

  it('heed an early close that was announced', () => {
    const announced = { ...NEW_YORK, exceptions: new Map([['2024-06-03', 'half_day']] as const) };
    const shortened = within(halfHourBars('2024-06-03', 1), '2024-06-03T13:30', '2024-06-03T17:00');
    const { bars, incomplete } = composeHalfSessions(shortened, announced);
    expect(bars.map((bar) => bar.time)).toEqual(['2024-06-03T13:30:00Z']);
    expect(incomplete).toEqual([]);
    expect(composeHalfSessions(shortened, NEW_YORK).bars).toEqual([]);
  });

  it('that lack half hours are reported with what is missing, not made of the others', () => {
    const halfHours = halfHourBars('2024-06-03', 2).filter(
      ({ time }) => !['2024-06-03T15:00:00Z', '2024-06-03T16:30:00Z'].includes(time),
    );
    const { bars, incomplete } = composeHalfSessions(halfHours, NEW_YORK);
    expect(bars.map((bar) => bar.time.slice(8, 13))).toEqual(['03T17', '04T13', '04T17']);
    expect(incomplete).toEqual([
      {
        time: '2024-06-03T13:30:00Z',
        message: '6 of 8 half hours are there; missing (UTC): 15:00, 16:30',
      },
    ]);
  });

  it('reach the gaps of what was collected, beside those of which nothing is there', async () => {
    const halfHours = halfHourBars('2024-06-03', 4).filter(
      ({ time }) => time !== '2024-06-04T19:30:00Z' && !time.startsWith('2024-06-05'),
    );
    const provider = {
      source: { provider: 'alpaca', feed: 'sip', adjustment: 'all' } as const,
      settlingMinutes: 20,
      requests: () => 1,
      async *fetchBars() {
        yield composeHalfSessions(halfHours, NEW_YORK);
      },
    };
    const query = {
      symbol: 'X',
      timeframe: '4h',
      calendar: NEW_YORK,
      from: '2024-06-03',
      now: '2024-06-06T21:00:00Z',
    } as const;
    const { bars, gaps } = await new HistoryFetch(provider, query).all();
    expect(bars).toHaveLength(5);
    expect(gaps.map(({ time, reason }) => [time, reason])).toEqual([
      ['2024-06-04T17:30:00Z', 'incomplete'],
      ['2024-06-05T13:30:00Z', 'missing'],
      ['2024-06-05T17:30:00Z', 'missing'],
    ]);
    // The second half that is not over is neither a bar nor a gap.
    const midday = { ...query, now: '2024-06-06T18:00:00Z' };
    const earlier = await new HistoryFetch(provider, midday).all().catch((error) => error);
    expect(earlier.bars.at(-1).time).toBe('2024-06-06T13:30:00Z');
    expect(earlier.gaps).toHaveLength(3);
  });

  it('refuse half hours that are none, that repeat, and that lie on a day without a session', () => {
    const good = halfHourBars('2024-06-03', 1);
    const broken = (bars: PlainBar[]) => () => composeHalfSessions(bars, NEW_YORK);
    const refusal = (message: string) =>
      expect.objectContaining({ code: 'provider_bad_answer', message: expect.stringContaining(message) });
    expect(broken([{ ...good[3], time: '2024-06-03T14:10:00Z' }])).toThrow(refusal('half hour'));
    expect(broken([good[3], good[3]])).toThrow(refusal('does not come after'));
    expect(broken([{ ...good[3], time: '2024-06-08T14:30:00Z' }])).toThrow(
      refusal('no session on 2024-06-08'),
    );
    expect(composeHalfSessions([{ ...good[3], time: '2024-06-08T08:30:00Z' }], NEW_YORK).bars).toEqual([]);
  });
});
