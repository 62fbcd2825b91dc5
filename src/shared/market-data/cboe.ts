import type { BarSource } from '../contracts/market-data.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { ProviderError } from '../errors/provider-error.ts';
import type { Bar } from '../series/series.ts';
import type { BarPage, BarProvider, BarQuery } from './bar-provider.ts';
import { readCsvTable } from './csv-table.ts';
import { FileFaults } from './file-faults.ts';
import type { ProviderClient } from './provider-client.ts';
import { readPrices } from './read-prices.ts';
import { readTimes } from './read-times.ts';
import { closesAlone, recogniseShape } from './recognise-shape.ts';

export const CBOE_URL = 'https://cdn.cboe.com';

/**
 * Cboe's histories of its indices, such as VIX: `GET /api/global/us_indices/daily_prices/{index}_History.csv`,
 * without a key. One file holds all sessions, `DATE,OPEN,HIGH,LOW,CLOSE`, month first, without volumes. Daily bars
 * only.
 */
export class CboeBars implements BarProvider {
  readonly source: BarSource & { readonly provider: 'cboe' };
  /** Its indices are computed until a quarter of an hour after the close of the shares. */
  readonly settlingMinutes = 30;
  readonly #client: ProviderClient;
  readonly #url: string;

  /** @param url without a slash at its end */
  constructor(
    source: BarSource & { readonly provider: 'cboe' },
    client: ProviderClient,
    url: string = CBOE_URL,
  ) {
    this.source = source;
    this.#client = client;
    this.#url = url;
  }

  requests(): number {
    return this.#client.requests();
  }

  async *fetchBars(query: BarQuery): AsyncIterable<BarPage> {
    const { symbol, timeframe } = query;
    if (timeframe !== '1D') {
      throw new InvalidInputError('unsupported_timeframe', `Cboe gives daily bars only, not ${timeframe}`, {
        timeframe,
      });
    }
    const file = `${encodeURIComponent(symbol)}_History.csv`;
    const url = `${this.#url}/api/global/us_indices/daily_prices/${file}`;
    yield { bars: await this.#client.getFile(url, (text) => barsOf(text, query)), incomplete: [] };
  }
}

/** @throws ProviderError `provider_bad_answer` */
function barsOf(text: string, { calendar, closesOnly = false, from }: BarQuery): Bar[] {
  try {
    const { header, rows } = readCsvTable(text);
    const { places: found } = recogniseShape(header, false);
    const places = closesOnly ? closesAlone(found) : found;
    const faults = new FileFaults();
    const times = readTimes(rows, places, 'month_first', { timeframe: '1D', calendar }, faults);
    const wanted = times.rows.filter(({ time }) => time >= from);
    const written = readPrices(wanted, places, header.length, '.', faults);
    faults.refuse();
    return written.map(({ bar }) => bar);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new ProviderError('provider_bad_answer', `Cboe gave a wrong file: ${error.message}`, false);
  }
}
