import type { DayOrder } from './file-shapes/file-shape.ts';

/** How a date is written. */
export type DateNotation =
  | 'year_first'
  | 'day_and_month'
  | 'day_first'
  | 'month_name'
  | 'compact'
  | 'epoch_seconds'
  | 'epoch_milliseconds'
  | 'spreadsheet';

/** What the notations are, for people. */
export const NOTATION_NAMES: Readonly<Record<DateNotation, string>> = {
  year_first: 'YYYY-MM-DD',
  day_and_month: 'MM/DD/YYYY or DD/MM/YYYY',
  day_first: 'DD.MM.YYYY',
  month_name: 'Sep 24, 2021',
  compact: 'YYYYMMDD',
  epoch_seconds: 'seconds since 1970',
  epoch_milliseconds: 'milliseconds since 1970',
  spreadsheet: 'numbers of a spreadsheet',
};

/** A date as it is written, taken apart. */
export interface WrittenDate {
  readonly notation: DateNotation;
  /** Year, month and day; for `day_and_month` year, first and second number; the instant alone for epochs. */
  readonly numbers: readonly number[];
  /** The time of day after it, as written, without its zone; empty where there is none. */
  readonly time: string;
  /** `Z`, `+09:00`, or empty. */
  readonly zone: string;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME =
  /^(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AP]M)?)\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[A-Z]{3,4})?$/i;
const DATES: readonly (readonly [
  RegExp,
  (match: RegExpExecArray) => Pick<WrittenDate, 'notation' | 'numbers'>,
])[] = [
  [
    /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/,
    ([, year, , month, day]) => numbered('year_first', year, month, day),
  ],
  [/^(\d{1,2})([-/])(\d{1,2})\2(\d{4})$/, ([, a, , b, year]) => numbered('day_and_month', year, a, b)],
  // With dots the day is first wherever dates are written with dots.
  [/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, ([, day, month, year]) => numbered('day_first', year, month, day)],
  [/^([A-Z]{3})[A-Z]*\.? (\d{1,2}),? (\d{4})$/i, ([, month, day, year]) => named(year, month, day)],
  [/^(\d{1,2})[- ]([A-Z]{3})[A-Z]*\.?[- ](\d{4})$/i, ([, day, month, year]) => named(year, month, day)],
  [/^(\d{4})(\d{2})(\d{2})$/, ([, year, month, day]) => numbered('compact', year, month, day)],
  [/^(\d{5})(?:\.0+)?$/, ([, serial]) => numbered('spreadsheet', serial)],
  [/^(-?\d{9,10}|-\d{1,8})(?:\.0+)?$/, ([, seconds]) => numbered('epoch_seconds', seconds)],
  [/^(-?\d{11,13})(?:\.0+)?$/, ([, milliseconds]) => numbered('epoch_milliseconds', milliseconds)],
];

/** Takes a date apart; undefined where it is written in no known way. */
export function readWrittenDate(text: string): WrittenDate | undefined {
  const end = text.search(/[T ](?=\d{1,2}:)/);
  const day = end < 0 ? text : text.slice(0, end).trim();
  const after = end < 0 ? null : TIME.exec(text.slice(end + 1).trim());
  if (end >= 0 && after === null) return undefined;
  for (const [pattern, read] of DATES) {
    const match = pattern.exec(day);
    if (match !== null) return { ...read(match), time: after?.[1] ?? '', zone: zoneOf(after?.[2]) };
  }
  return undefined;
}

/**
 * The instant of a date with a time of day and its zone, in milliseconds since 1970; undefined where one of them is
 * missing.
 *
 * @param date the same date, `YYYY-MM-DD`
 */
export function instantOf(date: string, { time, zone }: WrittenDate): number | undefined {
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(time);
  if (clock === null || !/^(Z|[+-]\d{2}:\d{2})$/.test(zone)) return undefined;
  const [, hour, minute, second = '00'] = clock;
  const instant = Date.parse(`${date}T${hour.padStart(2, '0')}:${minute}:${second}${zone}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/**
 * The order of day and month, by the dates that can mean only one.
 *
 * @param dates of the notation `day_and_month`
 * @returns null when none decides
 */
export function dayOrderOf(dates: readonly WrittenDate[]): DayOrder | null {
  const daysFirst = dates.filter(({ numbers: [, first] }) => first > 12).length;
  const monthsFirst = dates.filter(({ numbers: [, , second] }) => second > 12).length;
  if (daysFirst + monthsFirst > 0) return daysFirst > monthsFirst ? 'day_first' : 'month_first';
  // 04/04/2025 is the same day either way.
  return dates.every(({ numbers: [, first, second] }) => first === second) ? 'month_first' : null;
}

function numbered(notation: DateNotation, ...numbers: readonly string[]) {
  return { notation, numbers: numbers.map(Number) };
}

function named(year: string, month: string, day: string) {
  return {
    notation: 'month_name' as const,
    numbers: [Number(year), MONTHS.indexOf(month.toLowerCase()) + 1, Number(day)],
  };
}

function zoneOf(written: string | undefined): string {
  if (written === undefined) return '';
  return /^(Z|UTC|GMT)$/i.test(written) ? 'Z' : written.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
}
