import type { EventsReport } from '../../shared/contracts/evaluation-report.ts';
import type { Series } from '../../shared/series/series.ts';
import { withEvents } from '../../shared/series/with-events.ts';
import { counted } from '../../shared/wording/counted.ts';
import { firstOf } from '../../shared/wording/first-of.ts';
import { readEventFile } from '../event-file.ts';

/** Symbols that a line names at most. */
const NAMED = 10;

/**
 * Puts the events of a file on the series of their symbols; rows of other symbols are left out.
 *
 * @param tell gets lines for people: how the file was read, and whose rows were left out
 * @throws InvalidInputError what `parseCsvEvents` throws, naming the file; `unreadable_file`
 */
export function withEventsOfFile(
  path: string,
  series: readonly Series[],
  tell: (line: string) => void,
): readonly Series[] {
  const symbols = series.map(({ symbol }) => symbol);
  const { events, reading } = readEventFile(path, symbols);
  const { readAs, leftOut, leftOutSymbols } = reading;
  tell(`${path}: ${counted(events.length, 'event')}, read as ${readAs}`);
  if (leftOut > 0) {
    tell(
      `${path}: ${counted(leftOut, 'row')} of ${firstOf(leftOutSymbols, NAMED)} left out, who are not evaluated`,
    );
  }
  return series.map((one) => {
    const own = events.filter(({ symbol }) => symbol === one.symbol);
    return own.length === 0 ? one : withEvents(one, own);
  });
}

/** Of each series that has events within its bars, how many, and of which dates. */
export function eventsReport(series: readonly Series[]): EventsReport[] {
  return series.flatMap(({ symbol, times, events = [] }) => {
    const dates = events
      .map(({ date }) => date)
      .filter((date) => date >= times[0].slice(0, 10) && date <= times[times.length - 1].slice(0, 10));
    if (dates.length === 0) return [];
    return [{ symbol, count: dates.length, first: dates[0], last: dates[dates.length - 1] }];
  });
}
