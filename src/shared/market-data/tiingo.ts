import {
  type BarSource,
  tiingoAdjustedPricesSchema,
  tiingoRawPricesSchema,
} from '../contracts/market-data.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { BarPage, BarProvider, BarQuery } from './bar-provider.ts';
import type { ProviderClient } from './provider-client.ts';

export const TIINGO_URL = 'https://api.tiingo.com';

/**
 * Tiingo's end-of-day prices: `GET /tiingo/daily/{ticker}/prices`, https://www.tiingo.com/documentation/end-of-day. Daily bars only, as
 * they were traded (`raw`) or adjusted for splits and dividends (`all`); the whole span in one answer.
 */
export class TiingoBars implements BarProvider {
  readonly source: BarSource & { readonly provider: 'tiingo' };
  /** Most prices are there at 17:30 in New York. */
  readonly settlingMinutes = 90;
  readonly #client: ProviderClient;
  readonly #url: string;

  /** @param url without a slash at its end */
  constructor(
    source: BarSource & { readonly provider: 'tiingo' },
    client: ProviderClient,
    url: string = TIINGO_URL,
  ) {
    this.source = source;
    this.#client = client;
    this.#url = url;
  }

  requests(): number {
    return this.#client.requests();
  }

  async *fetchBars({ symbol, timeframe, from, now }: BarQuery): AsyncIterable<BarPage> {
    if (timeframe !== '1D') {
      throw new InvalidInputError(
        'unsupported_timeframe',
        `Tiingo gives daily bars only, not ${timeframe}: take half sessions from Alpaca, or upload them`,
        { timeframe },
      );
    }
    // Tiingo writes classes of shares with a hyphen.
    const ticker = encodeURIComponent(symbol.replaceAll('.', '-'));
    const parameters = new URLSearchParams({ startDate: from, endDate: now.slice(0, 10), format: 'json' });
    const url = `${this.#url}/tiingo/daily/${ticker}/prices?${parameters}`;
    const bars =
      this.source.adjustment === 'raw'
        ? (await this.#client.get(url, tiingoRawPricesSchema)).map((row) => ({
            ...row,
            time: row.date.slice(0, 10),
          }))
        : (await this.#client.get(url, tiingoAdjustedPricesSchema)).map((row) => ({
            ...{ time: row.date.slice(0, 10), open: row.adjOpen, high: row.adjHigh, low: row.adjLow },
            ...{ close: row.adjClose, volume: row.adjVolume },
          }));
    yield { bars, incomplete: [] };
  }
}

/** Tiingo says that an allocation is used up in a sentence, with status 200 at times. */
export function tiingoSaysLimited(body: string): boolean {
  return body.length < 1000 && /you have run over your .*(allocation|look ?up|limit)/i.test(body);
}
