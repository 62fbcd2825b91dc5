import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { isSession, nextSession } from '../../src/shared/calendars/sessions.ts';
import { parseCsvBars } from '../../src/shared/market-data/parse-csv-bars.ts';
import { againstBound, type BenchReport } from '../harness/bench-result.ts';

/** Without `--csv`: every session of the S&P 500 from 2000 to 2020. */
const SP500 = new URL('../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url);
/** What trades in every session of New York since 1993, of a directory. */
const FILE_OF_DIRECTORY = 'SPY.csv';

/** Days on which a calendar and a series of bars disagree. */
export interface CalendarDifferences {
  /** There is a bar, and the calendar has no session. */
  readonly falseClosures: readonly string[];
  /** The calendar has a session, between the first and the last bar, and there is no bar. */
  readonly missedSessions: readonly string[];
}

/** @param dates of daily bars, oldest first, `YYYY-MM-DD` */
export function compareCalendar(dates: readonly string[]): CalendarDifferences {
  const there = new Set(dates);
  const missedSessions: string[] = [];
  const last = dates[dates.length - 1];
  for (let date = dates[0]; date <= last; date = nextSession(date, NEW_YORK)) {
    if (isSession(date, NEW_YORK) && !there.has(date)) missedSessions.push(date);
  }
  return { falseClosures: dates.filter((date) => !isSession(date, NEW_YORK)), missedSessions };
}

/**
 * Holds the calendar of New York against the days on which something traded there.
 *
 * @param options `csv`: a file of daily bars, or a directory with `SPY.csv`
 * @throws InvalidInputError what `parseCsvBars` throws
 */
export async function calendarBench({ csv }: { readonly csv: string | undefined }): Promise<BenchReport> {
  const file = csv === undefined ? SP500 : statSync(csv).isDirectory() ? join(csv, FILE_OF_DIRECTORY) : csv;
  const now = new Date().toISOString();
  const { bars } = parseCsvBars(readFileSync(file, 'utf8'), { timeframe: '1D', now });
  const dates = bars.map((bar) => bar.time);
  const { falseClosures, missedSessions } = compareCalendar(dates);
  const count = (name: string, days: readonly string[]) =>
    againstBound({ case: name, unit: 'days', target: 0 }, [days.length]);
  const rows = [
    ...falseClosures.map((date) => [date, 'traded', 'no session']),
    ...missedSessions.map((date) => [date, 'no bar', 'a session']),
  ].sort();
  return {
    bench: 'calendar',
    machine: { bars: dates.length, from: dates[0], to: dates[dates.length - 1] },
    peers: [],
    results: [count('false closures', falseClosures), count('missed sessions', missedSessions)],
    ...(rows.length > 0 && {
      tables: [{ title: 'Where they differ', header: ['date', 'bars', 'calendar'], rows }],
    }),
  };
}
