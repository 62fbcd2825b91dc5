import Papa from 'papaparse';
import { NEW_YORK } from '../calendars/built-in-calendars.ts';
import { isSession, sessionClose } from '../calendars/sessions.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { halfSessionFrom, halfSessionRule, INSTANT } from '../series/half-sessions.ts';
import type { Bar, ReceivedTimeframe } from '../series/series.ts';
import type { FileReadingOptions, ReadBars } from './file-reading.ts';

/** The columns a file must have; others are ignored. */
const CSV_COLUMNS = ['date', 'open', 'high', 'low', 'close', 'volume'] as const;

/** The most bars one file may hold: 79 years of sessions. */
export const MAXIMUM_BARS_PER_FILE = 20_000;

/** Older dates are a mistake in the file, not history. */
const EARLIEST = '1800';

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

type Row = Record<(typeof CSV_COLUMNS)[number], string>;

/**
 * Reads bars from CSV text with the columns date, open, high, low, close, volume (any order, any case), oldest first.
 *
 * Nothing is repaired: one bad line refuses the file, and the error names the line, the value and the rule.
 *
 * A day without a session in New York is taken: other markets trade then. A bar of `4h` must start where a half session in New
 * York starts (09:30 or 13:30 there, 09:30 alone on a half day): clock bars, whose boundaries move with daylight saving, are
 * refused.
 *
 * @throws InvalidInputError `empty_file`, `not_csv`, `missing_column`, `malformed_csv`, `no_bars`, `too_many_bars`, `invalid_date`,
 *   `not_a_half_session`, `future_date`, `duplicate_date`, `disordered_date`, `invalid_price`, `invalid_volume`, `inconsistent_bar`
 */
export function parseCsvBars(text: string, { timeframe, now, from, to }: FileReadingOptions): ReadBars {
  const content = text.replace(/^\uFEFF/, '').trim();
  if (content === '')
    throw new InvalidInputError('empty_file', 'The file is empty; a header and bars are needed');
  if (content.startsWith('<')) {
    throw new InvalidInputError('not_csv', 'The file is HTML or XML, not CSV: it begins with "<"');
  }

  const parsed = Papa.parse<Row>(content, {
    header: true,
    // Blank lines stay, so that a row's place is its line.
    skipEmptyLines: false,
    transformHeader: (name) => name.trim().toLowerCase(),
    transform: (value) => value.trim(),
  });
  const columns = parsed.meta.fields ?? [];
  const missing = CSV_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new InvalidInputError(
      'missing_column',
      `The header lacks ${missing.join(', ')}; it must name ${CSV_COLUMNS.join(', ')}`,
      { missing },
    );
  }
  const isBlank = (row: Row | undefined) => row !== undefined && Object.values(row).join('') === '';
  const flaw = parsed.errors.find(
    (error) => error.code !== 'UndetectableDelimiter' && !isBlank(parsed.data[error.row ?? -1]),
  );
  if (flaw !== undefined) {
    throw new InvalidInputError('malformed_csv', `Line ${(flaw.row ?? 0) + 2}: ${flaw.message}`);
  }
  const rows = parsed.data.map((row, i) => ({ row, line: i + 2 })).filter(({ row }) => !isBlank(row));
  if (rows.length === 0) throw new InvalidInputError('no_bars', 'The file has a header but no bars');
  if (rows.length > MAXIMUM_BARS_PER_FILE) {
    throw new InvalidInputError(
      'too_many_bars',
      `The file has ${rows.length} bars; at most ${MAXIMUM_BARS_PER_FILE} are taken at once`,
    );
  }

  const bars: Bar[] = [];
  let previous = '';
  for (const { row, line } of rows) {
    const time = parseTime(row.date, timeframe, now, line);
    if (time === previous) {
      throw new InvalidInputError('duplicate_date', `Line ${line}: ${time} is there twice`, { line });
    }
    if (time < previous) {
      throw new InvalidInputError(
        'disordered_date',
        `Line ${line}: ${time} comes after ${previous}; bars go from oldest to newest`,
        { line },
      );
    }
    previous = time;
    bars.push(parseBar(row, time, line));
  }
  const kept = bars.filter(
    ({ time }) => (from === undefined || time >= from) && (to === undefined || time.slice(0, 10) <= to),
  );
  return {
    bars: kept,
    reading: {
      readAs: 'plain CSV',
      adjustment: null,
      rounded: 0,
      leftOut: bars.length - kept.length,
      notes: [],
    },
  };
}

function parseTime(text: string, timeframe: ReceivedTimeframe, now: string, line: number): string {
  const daily = timeframe === '1D';
  const form = daily ? DAY : INSTANT;
  const instant = form.test(text) ? new Date(daily ? `${text}T00:00:00Z` : text) : undefined;
  // A calendar that does not know the day (2023-02-30) rolls it over: the text must come back unchanged.
  if (
    instant === undefined ||
    Number.isNaN(instant.getTime()) ||
    !instant.toISOString().startsWith(text.replace('Z', ''))
  ) {
    const rule = daily ? 'a date YYYY-MM-DD' : 'an instant YYYY-MM-DDTHH:MM:SSZ';
    throw new InvalidInputError('invalid_date', `Line ${line}: "${text}" is not ${rule}`, { line });
  }
  if (text < EARLIEST) {
    throw new InvalidInputError('invalid_date', `Line ${line}: ${text} lies before ${EARLIEST}`, { line });
  }
  if (text > now) {
    throw new InvalidInputError('future_date', `Line ${line}: ${text} lies after ${now}`, { line });
  }
  // The bar of a session that is not over would be another one at its close. The calendar is good from 1993 on, far enough here.
  if (
    daily &&
    now.startsWith(text) &&
    isSession(text, NEW_YORK) &&
    Date.parse(now) < Date.parse(sessionClose(text, NEW_YORK))
  ) {
    throw new InvalidInputError(
      'future_date',
      `Line ${line}: the session of ${text} is open until ${sessionClose(text, NEW_YORK)}; its bar is not complete`,
      { line },
    );
  }
  if (!daily) requireCompleteHalfSession(text, now, line);
  return text;
}

function requireCompleteHalfSession(start: string, now: string, line: number): void {
  const half = halfSessionFrom(start);
  if (half === undefined) {
    throw new InvalidInputError(
      'not_a_half_session',
      `Line ${line}: ${start} is not the start of a half session: ${halfSessionRule(start)}`,
      { line },
    );
  }
  if (Date.parse(now) < Date.parse(half.end)) {
    throw new InvalidInputError(
      'future_date',
      `Line ${line}: the half session of ${start} lasts until ${half.end}; its bar is not complete`,
      { line },
    );
  }
}

function parseBar(row: Row, time: string, line: number): Bar {
  const price = (column: 'open' | 'high' | 'low' | 'close'): number => {
    const text = row[column];
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (!(value > 0) || value === Number.POSITIVE_INFINITY) {
      throw new InvalidInputError(
        'invalid_price',
        `Line ${line} (${time}): ${column} is "${text}"; a price is a number above 0`,
        { line, column },
      );
    }
    return value;
  };
  const [open, high, low, close] = [price('open'), price('high'), price('low'), price('close')];
  if (high < low) {
    throw new InvalidInputError(
      'inconsistent_bar',
      `Line ${line} (${time}): high ${high} is below low ${low}`,
      { line },
    );
  }
  if (open < low || open > high || close < low || close > high) {
    throw new InvalidInputError(
      'inconsistent_bar',
      `Line ${line} (${time}): open ${open} and close ${close} must lie between low ${low} and high ${high}`,
      { line },
    );
  }

  const volume = row.volume === '' ? null : NUMBER.test(row.volume) ? Number(row.volume) : Number.NaN;
  if (volume !== null && !(volume >= 0 && volume < Number.POSITIVE_INFINITY)) {
    throw new InvalidInputError(
      'invalid_volume',
      `Line ${line} (${time}): volume is "${row.volume}"; it is a number of at least 0, or empty`,
      { line },
    );
  }
  return { time, open, high, low, close, volume };
}
