import { formatDate, parseDate } from '../calendars/civil-date.ts';
import { barClose } from '../series/bar-close.ts';
import type { ScheduledEvent } from '../series/scheduled-event.ts';
import type { Series } from '../series/series.ts';
import { withEvents } from '../series/with-events.ts';
import { eventsFingerprint } from './fingerprint.ts';

/** Which events are asked for. */
export interface EventSpan {
  /** First and last date, `YYYY-MM-DD`. */
  readonly from: string;
  readonly until: string;
  /** Only those that were known by then, or of which that was not written down: ISO 8601. */
  readonly knownBy: string;
}

/** What reading events takes. */
export interface EventStore {
  /** The events of symbols, by symbol; none of one that has none. @throws StoreError */
  readEvents(
    symbols: readonly string[],
    span: EventSpan,
  ): Promise<ReadonlyMap<string, readonly ScheduledEvent[]>>;
}

/** Days before the first bar: from an event of a year earlier its next one is expected. */
const DAYS_BEFORE = 400;
/**
 * Days after the last bar: an event that is known to come later is not expected sooner, and the longest horizon ends
 * before.
 */
const DAYS_AFTER = 100;

/**
 * Series with the events of their symbols, as far as they were known when the last bar of the first one had closed.
 * One without events stays what it is.
 *
 * @throws StoreError
 */
export async function withStoredEvents(series: readonly Series[], store: EventStore): Promise<Series[]> {
  const [{ times }] = series;
  const dayOf = (time: string) => parseDate(time.slice(0, 10));
  const events = await store.readEvents(
    series.map(({ symbol }) => symbol),
    {
      from: formatDate(dayOf(times[0]) - DAYS_BEFORE),
      until: formatDate(dayOf(times[times.length - 1]) + DAYS_AFTER),
      knownBy: barClose(series[0], times.length - 1),
    },
  );
  return series.map((one) => {
    const own = events.get(one.symbol) ?? [];
    return own.length === 0 ? one : withEvents(one, own);
  });
}

/**
 * Tells apart what two fits that end with the same bar saw of events: those of its date and before. One that comes
 * later divides none of the bars that are fitted. Null where there are none.
 *
 * @param bar the last one that is fitted
 */
export function fittedEvents(series: Series, bar: number): string | null {
  const date = series.times[bar].slice(0, 10);
  const close = Date.parse(barClose(series, bar));
  const seen = (series.events ?? []).filter(
    (event) => event.date <= date && (event.knownAt === null || Date.parse(event.knownAt) <= close),
  );
  return seen.length === 0 ? null : eventsFingerprint(seen);
}
