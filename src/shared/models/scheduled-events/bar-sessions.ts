import { nextSession } from '../../calendars/sessions.ts';
import { halfSessionFrom, nextHalfSession, type SessionPosition } from '../../series/half-sessions.ts';
import type { Series } from '../../series/series.ts';

/** The session that a bar belongs to: a bar of eight hours to the one in whose first half it ends. */
export interface BarSession {
  /** As the series has it. */
  readonly time: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** `first` also of bars that are no half sessions. */
  readonly position: SessionPosition;
}

/** Of each bar. */
export function barSessions({ timeframe, times }: Series): BarSession[] {
  return times.map((time) => ({
    time,
    date: time.slice(0, 10),
    position: (timeframe === '4h' ? halfSessionFrom(time)?.position : undefined) ?? 'first',
  }));
}

/** Of the bar that comes after a bar, by the calendar: what it will be is not known yet. */
export function sessionAfter(bar: BarSession, { timeframe, calendar }: Series): BarSession {
  if (timeframe === '4h') {
    const { date, position, start } = nextHalfSession(bar.time, calendar);
    return { time: start, date, position };
  }
  const date = nextSession(bar.date, calendar);
  return { time: date, date, position: 'first' };
}
