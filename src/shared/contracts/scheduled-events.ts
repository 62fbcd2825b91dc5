import { z } from 'zod';
import { EVENT_TIMES } from '../series/scheduled-event.ts';

/** What the SQL function `read_scheduled_events` answers, by symbol. */
export const scheduledEventsSchema = z.record(
  z.string(),
  z.array(
    z
      .object({
        date: z.iso.date(),
        kind: z.string(),
        time: z.enum(EVENT_TIMES).nullable(),
        known_at: z.iso.datetime().nullable(),
      })
      .transform(({ known_at: knownAt, ...event }) => ({ ...event, knownAt })),
  ),
);

/** What the SQL function `store_scheduled_events` answers. */
export const storedEventsSchema = z.object({
  given: z.int(),
  inserted: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  /** Events to come that the upload did not name, of symbols and kinds that it did: with `replace` they are gone. */
  deleted: z.int(),
  /** Such events that stayed. */
  not_named: z.int(),
  /** The first 20 of either, as `AAPL earnings 2026-07-30`. */
  superseded: z.array(z.string()),
});
export type StoredEvents = z.infer<typeof storedEventsSchema>;
