import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { NEW_YORK } from '../../../../src/shared/calendars/built-in-calendars.ts';
import { formatDate } from '../../../../src/shared/calendars/civil-date.ts';
import { nextSession } from '../../../../src/shared/calendars/sessions.ts';
import type { ScheduledEvent } from '../../../../src/shared/series/scheduled-event.ts';
import type { Series } from '../../../../src/shared/series/series.ts';
import { withEvents } from '../../../../src/shared/series/with-events.ts';
import { simulatedSeries } from '../simulated-series.ts';

/** Sessions between the announcements of {@link simulatedEvents}. */
export const EVENT_EVERY = 63;
/** By how much the reaction of {@link simulatedEvents} is larger than usual. */
export const REACTION = 4;

/** An event whose date became known the evening before, unless something else is said. */
export function eventOn(date: string, more: Partial<ScheduledEvent> = {}): ScheduledEvent {
  return { date, kind: 'earnings', time: 'after', knownAt: null, ...more };
}

/** {@link simulatedSeries} on the sessions of New York. */
export function simulatedSessions(seed: number, bars: number, from = '2009-12-31'): Series {
  const times: string[] = [];
  for (let date = from; times.length < bars; ) {
    date = nextSession(date, NEW_YORK);
    times.push(date);
  }
  return { ...simulatedSeries(seed, bars), times, calendar: NEW_YORK };
}

/** Announcements after every 63rd close, the 40th first, after which the price moves four times as far as else. */
export function simulatedEvents(seed: number, bars: number): Series {
  const series = simulatedSessions(seed, bars);
  const announced = Array.from({ length: bars }, (_, bar) => bar).filter((bar) => bar % EVENT_EVERY === 40);
  const moved = withLargerMoves(series, (bar) => (bar > 0 && (bar - 1) % EVENT_EVERY === 40 ? REACTION : 1));
  return withEvents(
    moved,
    announced.map((bar) => eventOn(series.times[bar])),
  );
}

/** The series with each bar's moves from the close before multiplied. */
function withLargerMoves(series: Series, factor: (bar: number) => number): Series {
  const columns = {
    open: series.open.slice(),
    high: series.high.slice(),
    low: series.low.slice(),
    close: series.close.slice(),
  };
  let level = ln(series.close[0]);
  for (let bar = 1; bar < series.close.length; bar++) {
    const before = series.close[bar - 1];
    for (const column of ['open', 'high', 'low', 'close'] as const)
      columns[column][bar] = exp(level + factor(bar) * ln(series[column][bar] / before));
    level += factor(bar) * ln(series.close[bar] / before);
  }
  return { ...series, ...columns };
}

/** Days after a date. */
export function daysAfter(date: string, days: number): string {
  return formatDate(Date.parse(date) / 86_400_000 + days);
}
