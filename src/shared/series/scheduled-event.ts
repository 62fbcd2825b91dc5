/** When on its date an event comes: before the session opens, or after it has closed. */
export const EVENT_TIMES = ['before', 'after'] as const;
export type EventTime = (typeof EVENT_TIMES)[number];

/** Something that moves a symbol's price on a date that is known beforehand, such as the announcement of earnings. */
export interface ScheduledEvent {
  /** The exchange's date, `YYYY-MM-DD`; of an event on a day without a session the next session takes its place. */
  readonly date: string;
  /** Events of one kind move the price alike: `earnings`, or a word of one's own. */
  readonly kind: string;
  /** Null where it is not known. */
  readonly time: EventTime | null;
  /**
   * Since when the date is known, ISO 8601 in UTC. Null is for history of which nobody wrote that down: known when
   * the session before the event's has closed, and not earlier.
   */
  readonly knownAt: string | null;
}

/** An event, and whose it is. */
export interface SymbolEvent extends ScheduledEvent {
  readonly symbol: string;
  /** Who says so; null where nobody is named. */
  readonly source: string | null;
}
