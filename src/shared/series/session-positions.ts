import { halfSessionFrom, nextHalfSession, type SessionPosition } from './half-sessions.ts';
import type { Series } from './series.ts';

/** By the bars' times: models of one series ask again and again, and each answer takes the calendar. */
const found = new WeakMap<readonly string[], readonly SessionPosition[]>();

/**
 * Where in its session each bar lies; a bar that is no half session counts as a first half. Bars of other timeframes
 * are all alike: bars of eight hours end with a first half.
 *
 * @throws InvalidInputError `invalid_date` for a half session whose time is no instant
 */
export function sessionPositions({ timeframe, times }: Series): readonly SessionPosition[] {
  if (timeframe !== '4h') return times.map(() => 'first');
  const known = found.get(times);
  if (known !== undefined) return known;
  const positions = times.map((time) => halfSessionFrom(time)?.position ?? 'first');
  found.set(times, positions);
  return positions;
}

/**
 * Where the bar that follows bar `bar` lies, by the calendar: its own time is not known yet.
 *
 * @throws InvalidInputError `invalid_date`, `not_a_half_session`
 */
export function comingPosition({ timeframe, times, calendar }: Series, bar: number): SessionPosition {
  return timeframe === '4h' ? nextHalfSession(times[bar], calendar).position : 'first';
}
