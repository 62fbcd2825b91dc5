import type { Series } from '../../series/series.ts';
import { EventFactors, type EventOutlook } from './event-factors.ts';

/** What is known of the event that moves the bar after a history; null where none is known to. */
export function eventOutlook(history: Series): EventOutlook | null {
  if (history.events === undefined || history.events.length === 0) return null;
  return new EventFactors(history).outlook(history.times.length);
}
