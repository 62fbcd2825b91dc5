import { InvalidInputError } from '../../errors/invalid-input-error.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { SeededRandom } from '../../numerics/random.ts';
import type { SymbolEvent } from '../../series/scheduled-event.ts';
import { DEFAULT_REQUEST_LIMITS, ProviderClient, type ProviderHost } from '../provider-client.ts';
import { acceptanceClockOf } from './acceptance-clock.ts';
import { earningsOfFilings } from './earnings-of-filings.ts';
import { fetchSecFilings, SEC_URL } from './fetch-sec-filings.ts';

/** A symbol, and the SEC's number of who files for it. */
export interface SecFiler {
  readonly symbol: string;
  readonly cik: number;
}

/** Of one filer: a bank has a file of a thousand filings for each of many months. */
const LIMITS = { ...DEFAULT_REQUEST_LIMITS, total: 300_000, bytes: 32 * 1024 * 1024 };

/**
 * History of earnings from the filings of the SEC, one filer after the other.
 *
 * @param contact of who asks, a name and an address, as the SEC wants it in each request
 * @param url default the SEC's
 * @returns the events, and what a person should know of them, a sentence each
 * @throws ProviderError; InvalidInputError `no_events` for a filer that never filed results
 */
export async function secEarnings(
  filers: readonly SecFiler[],
  contact: string,
  host: ProviderHost,
  url: string = SEC_URL,
): Promise<{ readonly events: readonly SymbolEvent[]; readonly notes: readonly string[] }> {
  const events: SymbolEvent[] = [];
  const notes: string[] = [];
  for (const { symbol, cik } of filers) {
    const client = new ProviderClient({
      ...{ provider: 'The SEC', host, limits: LIMITS, secrets: [] },
      headers: { 'user-agent': `Plumbline ${contact}` },
      random: new SeededRandom(deriveSeed(0, 'sec', symbol)),
    });
    const { filings, tickers } = await fetchSecFilings(client, cik, url);
    const own = earningsOfFilings(symbol, filings);
    if (own.length === 0) {
      throw new InvalidInputError(
        'no_events',
        `The SEC has no form 8-K with item 2.02 of CIK ${cik}, which is to be ${symbol}: look the number up anew`,
      );
    }
    if (!tickers.includes(symbol.replaceAll('.', '-'))) {
      const known = tickers.length === 0 ? 'no ticker' : tickers.join(', ');
      notes.push(`The SEC has ${known} for CIK ${cik}; its events are taken for ${symbol}.`);
    }
    if (acceptanceClockOf(filings) === null) {
      notes.push(
        `${symbol}: whether the SEC's times are in UTC or New York's cannot be told, so most events have no time of day.`,
      );
    }
    events.push(...own);
  }
  return { events, notes };
}
