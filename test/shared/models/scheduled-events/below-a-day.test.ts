import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../../src/shared/calendars/built-in-calendars.ts';
import { ewma } from '../../../../src/shared/models/benchmarks/ewma.ts';
import { unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { withSessionPosition } from '../../../../src/shared/models/half-session/with-session-position.ts';
import { withScheduledEvents } from '../../../../src/shared/models/scheduled-events/with-scheduled-events.ts';
import { eightHourSeries } from '../../../../src/shared/series/eight-hour-bars.ts';
import type { ScheduledEvent } from '../../../../src/shared/series/scheduled-event.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { withEvents } from '../../../../src/shared/series/with-events.ts';
import { simulatedHalfSessions } from '../half-session/simulated-half-sessions.ts';
import { eventOn } from './simulated-events.ts';

function halves(seed: number, bars: number): Series {
  return { ...simulatedHalfSessions(seed, bars), calendar: NEW_YORK };
}

/** Every 30th session an announcement: by turns before the session, after it, and at a time that is not known. */
function halvesWithEvents(seed: number, bars: number): Series {
  const series = halves(seed, bars);
  const dates = [...new Set(series.times.map((time) => time.slice(0, 10)))].filter((_, i) => i % 30 === 20);
  const times = ['before', 'after', null] as const;
  return withEvents(
    series,
    dates.map((date, i) => eventOn(date, { time: times[i % 3] })),
  );
}

it.each([1, 3])('forecasts of half sessions over %s steps are those of each prefix, to the bit', (steps) => {
  const series = halvesWithEvents(7, 470);
  const forecaster = withScheduledEvents(withSessionPosition(ewma));
  const fit = forecaster.fit(sliceSeries(series, 0, 400), ewma.grid[0], { seed: 1 });
  fit.step(unlimitedBudget);
  fit
    .result()
    .predictRange(series, 400, 460, steps)
    .forEach((forecast, i) => {
      expect(forecast).toEqual(fit.result().predict(sliceSeries(series, 0, 400 + i), steps));
    });
});

/** Of the forecast of each bar, its scale with an event over that without. */
function enlarged(series: Series, events: readonly ScheduledEvent[]): (time: string) => number {
  const known = withEvents(series, events);
  const fit = withScheduledEvents(ewma).fit(series, ewma.grid[0], { seed: 1 });
  fit.step(unlimitedBudget);
  const ofBar = (of: Series, bar: number) => fit.result().predict(sliceSeries(of, 0, bar)).scale;
  return (time) => {
    const bar = series.times.findIndex((start) => start.startsWith(time));
    // Without what the bars before are divided by: those alone are compared that no event has moved before.
    return ofBar(known, bar) / ofBar(series, bar);
  };
}

describe('half sessions around an announcement', () => {
  const series = halves(1, 900);
  const [wednesday, thursday, friday] = ['2022-07-13', '2022-07-14', '2022-07-15'];
  const [morning, afternoon] = ['T13:30', 'T17:30'];

  it('after the close: the morning after moves most, its afternoon a little more than usual', () => {
    const of = enlarged(series, [eventOn(wednesday, { time: 'after' })]);
    expect(of(wednesday + morning)).toBeCloseTo(1.05, 12);
    expect(of(wednesday + afternoon)).toBeLessThan(1.02);
    expect(of(thursday + morning)).toBeGreaterThan(3.8);
    expect(of(thursday + morning)).toBeLessThan(4.3);
  });

  it('before the session: its own morning does', () => {
    const of = enlarged(series, [eventOn(wednesday, { time: 'before' })]);
    expect(of(wednesday + morning)).toBeCloseTo(4.1, 12);
    expect(of(friday + morning)).toBeLessThan(1.05);
  });

  it('is known from the close of the session before, and not from its morning', () => {
    const known = withEvents(series, [eventOn(wednesday, { time: 'before' })]);
    const fit = withScheduledEvents(ewma).fit(series, ewma.grid[0], { seed: 1 });
    fit.step(unlimitedBudget);
    const bar = series.times.findIndex((start) => start.startsWith(`2022-07-12${afternoon}`));
    const over = (of: Series, bars: number, steps: number) =>
      fit.result().predict(sliceSeries(of, 0, bars), steps);
    expect(over(known, bar, 3)).toEqual(over(series, bar, 3));
    expect(over(known, bar + 1, 2)).not.toEqual(over(series, bar + 1, 2));
  });
});

describe('bars of eight hours around an announcement', () => {
  const series: Series = { ...(eightHourSeries(halves(1, 1000)) as Series), calendar: NEW_YORK };
  const at = (date: string, knownAt: string | null = null, time: ScheduledEvent['time'] = 'after') =>
    enlarged(series, [eventOn(date, { time, knownAt })]);

  it('after the close: the bar that ends the next morning moves most', () => {
    expect(at('2022-07-14')('2022-07-15')).toBeGreaterThan(3.8);
    expect(at('2022-07-14')('2022-07-14')).toBe(1);
  });

  it('before the session: the bar that ends then, if the date is known by the afternoon before', () => {
    expect(at('2022-07-14', '2021-07-01T00:00:00Z', 'before')('2022-07-14')).toBeCloseTo(4.1, 12);
    // It begins at 13:30, before the close from which on a date of which nobody wrote that down is known.
    expect(at('2022-07-14', null, 'before')('2022-07-14')).toBe(1);
  });
});
