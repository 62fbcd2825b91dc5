import { readFileSync } from 'node:fs';
import { NEW_YORK } from '../../shared/calendars/built-in-calendars.ts';
import { isSession } from '../../shared/calendars/sessions.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { parseCsvBars } from '../../shared/market-data/parse-csv-bars.ts';
import type { Bar, ReceivedTimeframe } from '../../shared/series/series.ts';
import { type BarFile, findBarFiles, readBarFile, sampleBarFile } from '../bar-files.ts';

/** A symbol's prices, of which the last sessions are replayed and the others are history. */
export interface ReplayedSymbol {
  readonly symbol: string;
  /** By timeframe; `4h` only where there is a file of half sessions. */
  readonly bars: Readonly<Partial<Record<ReceivedTimeframe, readonly Bar[]>>>;
  readonly feed: string;
  readonly adjustment?: 'raw';
}

/** What is replayed. */
export interface ReplayedPrices {
  readonly symbols: readonly ReplayedSymbol[];
  /** The dates of the replayed sessions, the same for every symbol. */
  readonly sessions: readonly string[];
}

/**
 * The parts of the index that stand for symbols: each ends so many bars before the end of the file. The last year is left out: it ends
 * in the crash of 2020, and a rehearsal is of the rollout.
 */
const SPANS = [
  ['SPANA', 3250],
  ['SPANB', 1750],
  ['SPANC', 250],
] as const;

/**
 * Three disjoint spans of the S&P 500 that npm's vega-datasets brings along, as three symbols: real prices, each span dated like the
 * last one, so that a session is the same day for all.
 *
 * @param history bars before the replay
 * @param sessions to replay
 */
export function bundledPrices(history: number, sessions: number): ReplayedPrices {
  const file = sampleBarFile();
  const { bars } = parseCsvBars(readFileSync(file.path, 'utf8'), {
    timeframe: '1D',
    now: '2026-01-01T00:00:00Z',
    adjustment: file.adjustment,
  });
  const count = history + sessions;
  const spanBefore = (end: number) => bars.slice(bars.length - end - count, bars.length - end);
  const dates = spanBefore(SPANS.at(-1)![1]).map((bar) => bar.time);
  const symbols = SPANS.map(([symbol, end]) => ({
    symbol,
    bars: { '1D': spanBefore(end).map((bar, i) => ({ ...bar, time: dates[i] })) },
    feed: file.feed,
    adjustment: file.adjustment,
  }));
  return { symbols, sessions: dates.slice(-sessions).map((time) => time.slice(0, 10)) };
}

/**
 * The prices of `SYMBOL.csv` files, and of `SYMBOL_4hs.csv` beside them or in `intraday/`, up to the last session that all have.
 *
 * @param directory of the files
 * @throws InvalidInputError as {@link findBarFiles}; `too_few_sessions`
 */
export function pricesOf(
  directory: string,
  names: readonly string[],
  history: number,
  sessions: number,
): ReplayedPrices {
  const read = (file: BarFile) =>
    parseCsvBars(readBarFile(file), { timeframe: file.timeframe, now: new Date().toISOString() }).bars;
  const whole = findBarFiles(directory, names).map((file) => ({
    file,
    daily: read(file),
    halves: halvesOf(directory, file.symbol).map(read)[0],
  }));
  const dates = whole
    .map(({ daily }) => daily.map((bar) => bar.time.slice(0, 10)))
    .reduce((common, some) => common.filter((date) => some.includes(date)))
    .filter((date) => isSession(date, NEW_YORK));
  if (dates.length < history + sessions) {
    throw new InvalidInputError(
      'too_few_sessions',
      `${names.join(', ')} have ${dates.length} sessions in common; ${history + sessions} are needed (history ${history}, replayed ${sessions})`,
    );
  }
  const [first, last] = [dates.at(-(history + sessions))!, dates.at(-1)!];
  const within = (bar: Bar) => bar.time.slice(0, 10) >= first && bar.time.slice(0, 10) <= last;
  return {
    symbols: whole.map(({ file, daily, halves }) => ({
      symbol: file.symbol,
      bars: { '1D': daily.filter(within), ...(halves && { '4h': halves.filter(within) }) },
      feed: file.feed,
      adjustment: file.adjustment,
    })),
    sessions: dates.slice(-sessions),
  };
}

function halvesOf(directory: string, symbol: string): BarFile[] {
  for (const place of [`${directory}/intraday`, directory]) {
    try {
      return findBarFiles(place, [symbol], '4h').filter((file) => file.path.endsWith('_4hs.csv'));
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
    }
  }
  return [];
}
