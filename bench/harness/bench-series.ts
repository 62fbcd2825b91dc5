import { readFileSync } from 'node:fs';
import { parseCsvBars } from '../../src/shared/market-data/parse-csv-bars.ts';
import type { Bar } from '../../src/shared/series/series.ts';

/** Log returns in the benched series. */
export const RETURNS = 1000;
/** The last session of the bench's own series; before the crash of 2020, which would be one case and not the usual one. */
const LAST_SESSION = '2019-12-31';
const SP500 = new URL('../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url);

/**
 * Daily bars: of the S&P 500 through 2019-12-31 (npm `vega-datasets`), or the last ones of a file.
 *
 * @param count of bars; default 1,001
 * @param now ISO 8601 in UTC
 * @throws InvalidInputError what `parseCsvBars` throws; RangeError when the file has fewer bars
 */
export function benchBars(csv: string | undefined, now: string, count = RETURNS + 1): Bar[] {
  const { bars } = parseCsvBars(readFileSync(csv ?? SP500, 'utf8'), { timeframe: '1D', now });
  const used = (csv === undefined ? bars.filter(({ time }) => time <= LAST_SESSION) : bars).slice(-count);
  if (used.length < count) {
    throw new RangeError(`The bench needs ${count} daily bars, ${csv} has ${used.length}`);
  }
  return used;
}
