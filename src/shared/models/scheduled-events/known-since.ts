import { closingTime, nextSession } from '../../calendars/sessions.ts';
import { halfSessionFrom } from '../../series/half-sessions.ts';
import type { ScheduledEvent } from '../../series/scheduled-event.ts';
import type { Series } from '../../series/series.ts';
import { knownDate } from '../../series/with-covariates.ts';
import { firstFromWhich } from './first-from-which.ts';

/** Of each event the first bar at whose close its date is known; the number of bars where the last one closes before. */
export function knownSince(series: Series, events: readonly ScheduledEvent[]): number[] {
  const { times, calendar } = series;
  const bars = times.length;
  const closed = times.map((time) => knownDate(time, series));
  return events.map(({ date, knownAt }) => {
    if (knownAt !== null) {
      const instant = Date.parse(knownAt);
      return firstFromWhich(bars, (bar) => closeOf(series, bar) >= instant);
    }
    const after = firstFromWhich(bars, (bar) => closed[bar] >= date);
    if (after === 0 || nextSession(closed[after - 1], calendar) < date) return after;
    // The session before the event's has closed: with that bar, or with an earlier half session that nothing has closed since.
    return firstFromWhich(bars, (bar) => closed[bar] >= closed[after - 1]);
  });
}

/** When a bar has closed, in milliseconds. */
function closeOf({ timeframe, times, calendar }: Series, bar: number): number {
  const time = times[bar];
  if (timeframe === '1D') return Date.parse(closingTime(time, calendar));
  return Date.parse((halfSessionFrom(time, calendar) ?? halfSessionFrom(time))?.end ?? time);
}
