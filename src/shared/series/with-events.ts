import type { ScheduledEvent } from './scheduled-event.ts';
import type { Series } from './series.ts';

/** Whether anything is known of when a symbol's events come. */
export function hasEvents({ events = [] }: Series): boolean {
  return events.length > 0;
}

/** The series with the events of its symbol, in the order of their dates; events that it had are replaced. */
export function withEvents(series: Series, events: readonly ScheduledEvent[]): Series {
  const order = ({ date, kind }: ScheduledEvent) => `${date} ${kind}`;
  return { ...series, events: events.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)) };
}
