import { describe, expect, it } from 'vitest';
import { eightHourBars, eightHourSeries } from '../../../src/shared/series/eight-hour-bars.ts';
import { halfSessions } from '../../../src/shared/series/half-sessions.ts';
import type { Bar } from '../../../src/shared/series/series.ts';
import { simulatedHalfSessions } from '../models/half-session/simulated-half-sessions.ts';

/** Half-session bars of some dates; the i-th opens at 100 + i and closes at 100.5 + i. */
function halvesOf(...dates: string[]): Bar[] {
  return dates
    .flatMap((date) => halfSessions(date))
    .map(({ start }, i) => ({
      time: start,
      ...{ open: 100 + i, high: 101 + i, low: 99 + i, close: 100.5 + i, volume: 10 + i },
    }));
}

describe('bars of eight hours', () => {
  it('run from one session\u2019s 13:30 to the next one\u2019s', () => {
    expect(eightHourBars(halvesOf('2024-06-03', '2024-06-04', '2024-06-05'))).toEqual([
      { time: '2024-06-04T13:30:00Z', open: 101, high: 103, low: 100, close: 102.5, volume: 23 },
      { time: '2024-06-05T13:30:00Z', open: 103, high: 105, low: 102, close: 104.5, volume: 27 },
    ]);
  });

  it('hold the next first half alone after a half day, and end with a half day\u2019s only bar', () => {
    // 2024-07-03 is a half day: bars 2 (2 July, afternoon: 1), 3 July: 2, 5 July: 3 and 4.
    const bars = eightHourBars(halvesOf('2024-07-02', '2024-07-03', '2024-07-05'));
    expect(bars.map(({ time, open, close }) => [time, open, close])).toEqual([
      ['2024-07-03T13:30:00Z', 101, 102.5],
      ['2024-07-05T13:30:00Z', 103, 103.5],
    ]);
  });

  it('follow the clocks of New York', () => {
    const bars = eightHourBars(halvesOf('2024-03-07', '2024-03-08', '2024-03-11'));
    expect(bars.map(({ time }) => time)).toEqual(['2024-03-08T14:30:00Z', '2024-03-11T13:30:00Z']);
  });

  it('lose no move in a gap: a bar holds all since the first half before it', () => {
    const halves = halvesOf('2024-06-03', '2024-06-04', '2024-06-05');
    const withoutFirst = halves.filter(({ time }) => time !== '2024-06-04T13:30:00Z');
    expect(eightHourBars(withoutFirst)).toEqual([
      { time: '2024-06-05T13:30:00Z', open: 101, high: 105, low: 100, close: 104.5, volume: 11 + 13 + 14 },
    ]);
    const withoutAfternoon = halves.filter(({ time }) => time !== '2024-06-03T17:30:00Z');
    expect(eightHourBars(withoutAfternoon)[0]).toMatchObject({ time: '2024-06-04T13:30:00Z', open: 102 });
  });

  it('begin with an afternoon and leave out the one that is not over', () => {
    const [, ...fromAfternoon] = halvesOf('2024-06-03', '2024-06-04');
    expect(eightHourBars(fromAfternoon)).toHaveLength(1);
    expect(eightHourBars(halvesOf('2024-06-03'))).toEqual([]);
    expect(eightHourBars([])).toEqual([]);
  });

  it('have no volume where a part has none', () => {
    const halves = halvesOf('2024-06-03', '2024-06-04');
    halves[1] = { ...halves[1], volume: null };
    expect(eightHourBars(halves)[0].volume).toBeNull();
  });

  it('have the half sessions\u2019 log returns added up', () => {
    const halves = simulatedHalfSessions(3, 400);
    const eight = eightHourSeries(halves);
    expect(eight.timeframe).toBe('8h');
    for (const [i, time] of eight.times.entries()) {
      const last = halves.times.indexOf(time);
      expect(eight.close[i]).toBe(halves.close[last]);
      expect(eight.high[i]).toBeGreaterThanOrEqual(Math.max(eight.open[i], eight.close[i]));
    }
    expect(new Set(eight.times.map((time) => time.slice(0, 10))).size).toBe(eight.times.length);
  });

  it('are made of half sessions only', () => {
    const [bar] = halvesOf('2024-06-03');
    expect(() => eightHourBars([{ ...bar, time: '2024-06-03T16:00:00Z' }])).toThrow(
      expect.objectContaining({ code: 'not_a_half_session' }),
    );
  });
});
