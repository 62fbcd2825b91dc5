import { nextSession } from '../../calendars/sessions.ts';
import { barClose } from '../../series/bar-close.ts';
import { knownDate } from '../../series/known-date.ts';
import type { ScheduledEvent } from '../../series/scheduled-event.ts';
import type { Series } from '../../series/series.ts';
import { firstFromWhich } from './first-from-which.ts';

/**
 * Of each event the first bar at whose close its date is known; the number of bars where the last one closes before.
 */
export function knownSince(series: Series, events: readonly ScheduledEvent[]): number[] {
  const { times, calendar } = series;
  const bars = times.length;
  // Of few bars only, since a half session's takes the calendar.
  const dates = new Map<number, string>();
  const closed = (bar: number) => {
    const date = dates.get(bar) ?? knownDate(times[bar], series);
    dates.set(bar, date);
    return date;
  };
  return events.map(({ date, knownAt }) => {
    if (knownAt !== null) {
      const instant = Date.parse(knownAt);
      return firstFromWhich(bars, (bar) => Date.parse(barClose(series, bar)) >= instant);
    }
    const after = firstFromWhich(bars, (bar) => closed(bar) >= date);
    if (after === 0 || nextSession(closed(after - 1), calendar) < date) return after;
    // The session before the event's has closed: with that bar, or with an earlier half session that nothing has
    // closed since.
    return firstFromWhich(bars, (bar) => closed(bar) >= closed(after - 1));
  });
}
