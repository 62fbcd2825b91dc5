import { dateOf } from '../calendars/civil-date.ts';
import { sessionDateAt } from '../calendars/session-date-at.ts';
import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { ReceivedTimeframe } from '../series/series.ts';
import type { CsvRow } from './csv-table.ts';
import {
  type DateNotation,
  dayOrderOf,
  NOTATION_NAMES,
  readWrittenDate,
  type WrittenDate,
} from './date-notation.ts';
import type { FileFaults } from './file-faults.ts';
import type { DayOrder } from './file-shapes/file-shape.ts';
import type { ColumnPlaces } from './recognise-shape.ts';

/** A row and when its bar is. */
export interface TimedRow extends CsvRow {
  /** As in `Bar`. */
  readonly time: string;
  /** The time of day as it is written; empty where there is none. */
  readonly clock: string;
}

/** Rows with their times, and how `03/04/2025` was read, where dates are written so. */
export interface ReadTimes {
  readonly rows: readonly TimedRow[];
  readonly dayOrder: DayOrder | null;
}

/** Older dates are a mistake in the file, not history. */
const EARLIEST = '1800';

/**
 * Reads when the bars of a file are. All dates of a file are written alike: as most of them are. A daily bar has the date that is written,
 * whatever time and zone follow it; seconds since 1970 are a date of the calendar.
 *
 * @param dayOrder of the file's shape
 * @param faults gets `invalid_date`; such rows are left away
 * @throws InvalidInputError `ambiguous_date` when no date decides whether the day or the month is first, `spreadsheet_dates`
 */
export function readTimes(
  rows: readonly CsvRow[],
  places: Pick<ColumnPlaces, 'date' | 'time'>,
  dayOrder: DayOrder | undefined,
  { timeframe, calendar }: { readonly timeframe: ReceivedTimeframe; readonly calendar: TradingCalendar },
  faults: FileFaults,
): ReadTimes {
  const texts = rows.map(({ fields }) => textOf(fields, places));
  const written = texts.map(readWrittenDate);
  const notation = mostCommon(written);
  if (notation === 'spreadsheet') throw spreadsheetDates(texts[0]);
  const order = notation === 'day_and_month' ? requireOrder(written, dayOrder) : null;

  const form = notation === undefined ? 'YYYY-MM-DD, with four digits of the year' : NOTATION_NAMES[notation];
  const rule =
    timeframe === '1D'
      ? `a date of this file is ${form}`
      : 'the start of a half session is an instant YYYY-MM-DDTHH:MM:SSZ';
  const timed: TimedRow[] = [];
  for (const [i, row] of rows.entries()) {
    const date = written[i];
    const isAlike = date !== undefined && date.notation === notation;
    const time = isAlike ? timeOf(date, order, timeframe, calendar) : undefined;
    const what = `"${texts[i]}" is no ${timeframe === '1D' ? 'date' : 'instant'}`;
    if (time === undefined) faults.add({ line: row.line, code: 'invalid_date', what, rule });
    else if (time < EARLIEST)
      faults.add({ line: row.line, code: 'invalid_date', what: `${time} lies before ${EARLIEST}`, rule: '' });
    else timed.push({ ...row, time, clock: clockOf(row.fields, places, date!) });
  }
  return { rows: timed, dayOrder: order };
}

/** The date, and a time from its own column where it is needed and says one. */
function textOf(fields: readonly string[], { date, time }: Pick<ColumnPlaces, 'date' | 'time'>): string {
  const day = fields[date] ?? '';
  const clock = time === undefined ? '' : (fields[time] ?? '');
  return /^\d{1,2}:\d{2}/.test(clock) && !day.includes(':') ? `${day} ${clock}` : day;
}

function clockOf(fields: readonly string[], { time }: Pick<ColumnPlaces, 'time'>, date: WrittenDate): string {
  return date.time === '' && time !== undefined ? (fields[time] ?? '') : date.time;
}

function mostCommon(dates: readonly (WrittenDate | undefined)[]): DateNotation | undefined {
  const counts = new Map<DateNotation, number>();
  for (const date of dates)
    if (date !== undefined) counts.set(date.notation, (counts.get(date.notation) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function requireOrder(dates: readonly (WrittenDate | undefined)[], ofShape: DayOrder | undefined): DayOrder {
  const some = dates.filter((date) => date?.notation === 'day_and_month') as WrittenDate[];
  const order = dayOrderOf(some) ?? ofShape;
  if (order !== undefined) return order;
  const [year, a, b] = some.find(({ numbers }) => numbers[1] !== numbers[2])!.numbers;
  const shown = [a, b, year].map((number) => String(number).padStart(2, '0')).join('/');
  throw new InvalidInputError(
    'ambiguous_date',
    `${shown} can be ${dateOf(year, a, b)} (month first) or ${dateOf(year, b, a)} (day first), and no other date in the file decides. ` +
      'Write dates as YYYY-MM-DD',
  );
}

function spreadsheetDates(example: string): InvalidInputError {
  return new InvalidInputError(
    'spreadsheet_dates',
    `The dates are numbers of a spreadsheet, such as ${example}, and which day 1 is depends on the program. ` +
      'Format the column as a date YYYY-MM-DD there, and export again',
  );
}

function timeOf(
  { notation, numbers, time, zone }: WrittenDate,
  order: DayOrder | null,
  timeframe: ReceivedTimeframe,
  calendar: TradingCalendar,
): string | undefined {
  if (notation === 'epoch_seconds' || notation === 'epoch_milliseconds') {
    const instant = numbers[0] * (notation === 'epoch_seconds' ? 1000 : 1);
    return timeframe === '1D' ? sessionDateAt(instant, calendar) : instantOf(instant);
  }
  const [year, first, second] = numbers;
  const date = order === 'day_first' ? dateOf(year, second, first) : dateOf(year, first, second);
  if (timeframe === '1D' || date === undefined) return date;
  const clock = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.0+)?)?$/.exec(time);
  if (clock === null || !/^(Z|[+-]\d{2}:\d{2})$/.test(zone)) return undefined;
  return instantOf(Date.parse(`${date}T${clock[1]}:${clock[2]}:${clock[3] ?? '00'}${zone}`));
}

function instantOf(milliseconds: number): string | undefined {
  return Number.isNaN(milliseconds) ? undefined : `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
