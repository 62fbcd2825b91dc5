import { FNV_OFFSET_BASIS, fnv, fnvDigits, fnvText } from '../numerics/fnv.ts';
import type { ScheduledEvent } from '../series/scheduled-event.ts';
import type { Series } from '../series/series.ts';

/**
 * Tells two series apart: 32 bits over every byte of every column, every time, every event and every covariate
 * (FNV-1a), as hexadecimal. A checkpoint is resumed only on the very information it was made with; history can be
 * restated while a job waits.
 */
export function fingerprint(series: Series): string {
  let hash = FNV_OFFSET_BASIS;
  for (const column of [series.open, series.high, series.low, series.close, series.volume]) {
    hash = fnvBytes(hash, column);
  }
  hash = fnvText(hash, series.times.join('|'));
  for (const { symbol, measure, values } of series.covariates ?? []) {
    hash = fnvBytes(fnvText(hash, `|${symbol}:${measure}`), values);
  }
  return fnvDigits(withEventsHashed(hash, series.events ?? []));
}

/** Tells two lists of events apart; their order counts. */
export function eventsFingerprint(events: readonly ScheduledEvent[]): string {
  return fnvDigits(withEventsHashed(FNV_OFFSET_BASIS, events));
}

function withEventsHashed(hash: number, events: readonly ScheduledEvent[]): number {
  return events.reduce(
    (longer, { date, kind, time, knownAt }) =>
      fnvText(longer, `|${JSON.stringify([date, kind, time, knownAt])}`),
    hash,
  );
}

function fnvBytes(hash: number, column: Float64Array): number {
  let longer = hash;
  for (const byte of new Uint8Array(column.buffer, column.byteOffset, column.byteLength)) {
    longer = fnv(longer, byte);
  }
  return longer;
}
