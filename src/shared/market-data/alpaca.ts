import { type AlpacaPage, alpacaBarsSchema, type BarSource } from '../contracts/market-data.ts';
import { ProviderError } from '../errors/provider-error.ts';
import type { Bar } from '../series/series.ts';
import type { BarPage, BarProvider, BarQuery } from './bar-provider.ts';
import { composeHalfSessions } from './compose-half-sessions.ts';
import type { ProviderClient } from './provider-client.ts';

export const ALPACA_URL = 'https://data.alpaca.markets';

/** Bars a page holds at most: the most that Alpaca gives. */
const PAGE_LIMIT = 10_000;
/** Pages of one answer: far more than ten years of half hours take. */
const MAXIMUM_PAGES = 60;
/** Alpaca refuses free accounts the last 15 minutes of the consolidated tape (`sip`); a minute more for clocks that differ. */
const DELAY_MINUTES = 16;

/**
 * Alpaca's market data, version 2: `GET /v2/stocks/{symbol}/bars`, https://docs.alpaca.markets/reference/stockbarsingle-1.
 *
 * Daily bars as they are given. Half sessions are composed of bars of 30 minutes, because Alpaca's own bars of 4 hours begin at 00:00,
 * 04:00, ... of the clock (see `composeHalfSessions`).
 */
export class AlpacaBars implements BarProvider {
  readonly source: BarSource & { readonly provider: 'alpaca' };
  readonly settlingMinutes = DELAY_MINUTES + 4;
  readonly #client: ProviderClient;
  readonly #url: string;

  /** @param url without a slash at its end */
  constructor(
    source: BarSource & { readonly provider: 'alpaca' },
    client: ProviderClient,
    url: string = ALPACA_URL,
  ) {
    this.source = source;
    this.#client = client;
    this.#url = url;
  }

  requests(): number {
    return this.#client.requests();
  }

  async *fetchBars(query: BarQuery): AsyncIterable<BarPage> {
    if (query.timeframe === '1D') {
      for await (const bars of this.#pages(query, '1Day')) {
        yield { bars: bars.map((bar) => ({ ...bar, time: sessionDate(bar) })), incomplete: [] };
      }
      return;
    }
    // The last date of a page may go on in the next one.
    let begun: readonly Bar[] = [];
    for await (const bars of this.#pages(query, '30Min')) {
      const halfHours = [...begun, ...bars];
      const end = beginningOfLastDate(halfHours);
      yield composeHalfSessions(halfHours.slice(0, end), query.calendar);
      begun = halfHours.slice(end);
    }
    yield composeHalfSessions(begun, query.calendar);
  }

  /** Pages of bars whose times are the starts of their spans. */
  async *#pages({ symbol, from, now }: BarQuery, timeframe: '1Day' | '30Min'): AsyncIterable<Bar[]> {
    const { feed, adjustment } = this.source;
    const end = new Date(Date.parse(now) - DELAY_MINUTES * 60_000).toISOString();
    const tokens = new Set<string>();
    let token: string | null = null;
    do {
      const parameters: URLSearchParams = new URLSearchParams({
        ...{
          timeframe,
          start: `${from}T00:00:00Z`,
          end,
          limit: String(PAGE_LIMIT),
          adjustment,
          feed,
          sort: 'asc',
        },
        ...(token !== null && { page_token: token }),
      });
      const url = `${this.#url}/v2/stocks/${encodeURIComponent(symbol)}/bars?${parameters}`;
      const page: AlpacaPage = await this.#client.get(url, alpacaBarsSchema);
      if (page.symbol !== symbol) {
        throw bad(`answered about "${page.symbol.slice(0, 40)}" when asked about ${symbol}`);
      }
      yield (page.bars ?? []).map(({ t, o, h, l, c, v }) => ({
        ...{ time: `${t.slice(0, 19)}Z`, open: o, high: h, low: l, close: c, volume: v },
      }));
      token = page.next_page_token;
      if (token !== null && tokens.has(token))
        throw bad(`gave the same page token twice, on page ${tokens.size + 1}`);
      if (tokens.size + 1 >= MAXIMUM_PAGES && token !== null)
        throw bad(`gave more than ${MAXIMUM_PAGES} pages`);
      if (token !== null) tokens.add(token);
    } while (token !== null);
  }
}

/** Where in half hours their last date begins. */
function beginningOfLastDate(halfHours: readonly Bar[]): number {
  const last = halfHours.at(-1)?.time.slice(0, 10);
  return halfHours.findLastIndex(({ time }) => time.slice(0, 10) !== last) + 1;
}

/** Daily bars begin at midnight in New York: 04:00 or 05:00 in UTC. */
function sessionDate({ time }: Bar): string {
  if (/T0[45]:00:00Z$/.test(time)) return time.slice(0, 10);
  throw bad(`gave a daily bar that begins at ${time}, which is not midnight in New York`);
}

function bad(saying: string): ProviderError {
  return new ProviderError('provider_bad_answer', `Alpaca ${saying}`, false);
}
