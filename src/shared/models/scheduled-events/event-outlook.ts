import type { Series } from '../../series/series.ts';
import { hasEvents } from '../../series/with-events.ts';
import { EventFactors, type EventOutlook } from './event-factors.ts';

/** What is known of the event that moves the bar after a history; null where none is known to. */
export function eventOutlook(history: Series): EventOutlook | null {
  return hasEvents(history) ? new EventFactors(history).outlook(history.times.length) : null;
}
