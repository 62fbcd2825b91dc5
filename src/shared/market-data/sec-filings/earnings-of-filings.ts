import type { EventTime, SymbolEvent } from '../../series/scheduled-event.ts';
import { type NewYorkMoment, sessionTimeOf } from '../event-files/session-time.ts';
import { type AcceptanceClock, acceptanceClockOf, acceptedAt, type Filing } from './acceptance-clock.ts';

/** "Results of Operations and Financial Condition"; until August 2004 it was item 12. */
const RESULTS = '2.02';
const RESULTS_BEFORE = { item: '12', until: '2004-08-23' };
const SOURCE = 'SEC 8-K item 2.02';

/**
 * The announcements of earnings among a filer's filings: forms 8-K with item 2.02, oldest first, one a date.
 * Corrections (8-K/A) announce nothing. The time of day is that of the filing, which seldom comes before the press
 * release: within the session it says nothing. Nor does it where the filer's clock cannot be told and the readings
 * differ.
 *
 * @returns history: `knownAt` is null
 */
export function earningsOfFilings(symbol: string, filings: readonly Filing[]): SymbolEvent[] {
  const clock = acceptanceClockOf(filings);
  const byDate = new Map<string, SymbolEvent>();
  const oldestFirst = filings
    .filter(announcesResults)
    .toSorted((a, b) => (a.acceptanceDateTime < b.acceptanceDateTime ? -1 : 1));
  for (const filing of oldestFirst) {
    const { date, time } = announced(filing, clock);
    // The first of a date is the announcement.
    if (!byDate.has(date))
      byDate.set(date, { symbol, date, kind: 'earnings', time, knownAt: null, source: SOURCE });
  }
  return [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

function announcesResults({ form, items, filingDate }: Filing): boolean {
  if (form !== '8-K') return false;
  const { item, until } = RESULTS_BEFORE;
  return items.includes(RESULTS) || (filingDate < until && items.includes(item));
}

function announced(
  filing: Filing,
  clock: AcceptanceClock | null,
): { readonly date: string; readonly time: EventTime | null } {
  if (clock !== null) return whenOf(acceptedAt(filing, clock));
  const [utc, newYork] = [whenOf(acceptedAt(filing, 'utc')), whenOf(acceptedAt(filing, 'new_york'))];
  if (utc.date !== newYork.date) return { date: filing.filingDate, time: null };
  return { date: utc.date, time: utc.time === newYork.time ? utc.time : null };
}

function whenOf(moment: NewYorkMoment): { readonly date: string; readonly time: EventTime | null } {
  return { date: moment.date, time: sessionTimeOf(moment) };
}
