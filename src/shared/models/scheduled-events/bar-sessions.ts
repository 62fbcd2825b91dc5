import { nextSession } from '../../calendars/sessions.ts';
import { nextHalfSession, type SessionPosition } from '../../series/half-sessions.ts';
import type { Series } from '../../series/series.ts';
import { sessionPositions } from '../../series/session-positions.ts';

/** The session that a bar belongs to: a bar of eight hours to the one in whose first half it ends. */
export interface BarSession {
  /** As the series has it. */
  readonly time: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** As `sessionPositions` says. */
  readonly position: SessionPosition;
}

/** Of each bar. @throws InvalidInputError `invalid_date` for a half session whose time is no instant */
export function barSessions(series: Series): BarSession[] {
  const positions = sessionPositions(series);
  return series.times.map((time, bar) => ({ time, date: time.slice(0, 10), position: positions[bar] }));
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
