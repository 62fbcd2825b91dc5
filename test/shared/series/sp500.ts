import { readFileSync } from 'node:fs';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { checkBars } from '../../../src/shared/series/check-bars.ts';
import { type Bar, columnsFromBars, type Series } from '../../../src/shared/series/series.ts';

const file = new URL('../../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url);

/** The S&P 500's 5,105 daily bars of 2000-01-03 to 2020-04-17, from npm `vega-datasets`. */
export function sp500Bars(): Bar[] {
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  if (!header.startsWith('date,open,high,low,close,')) throw new Error(`Unexpected columns: ${header}`);
  return lines.map((line) => {
    const [time, open, high, low, close, , volume] = line.split(',');
    return { time, open: +open, high: +high, low: +low, close: +close, volume: +volume };
  });
}

/** The same by column. */
export function sp500(): Series {
  return checkBars(columnsFromBars('SPX', '1D', sp500Bars()), { calendar: NEW_YORK }).series;
}
