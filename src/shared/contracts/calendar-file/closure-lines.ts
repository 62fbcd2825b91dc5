import Papa from 'papaparse';
import { isDate, parseDate } from '../../calendars/civil-date.ts';
import { isWeekend } from '../../calendars/nth-weekday.ts';
import type { CalendarExceptionKind } from '../../calendars/trading-calendar.ts';
import { calendarExceptionKindSchema } from '../calendar.ts';
import { isComment } from './line-text.ts';

/** Why a calendar has no session on a date, or a short one. */
export interface Closure {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly kind: CalendarExceptionKind;
  /** Such as `Good Friday`; empty when the file does not say. */
  readonly reason: string;
}

/** A closure and the line that it is in, from 1. */
export type ClosureLine = Closure & { readonly line: number };

/**
 * The closures of a calendar file, in its order.
 *
 * @param weekends keeps those at weekends: of a market that never trades then they say nothing, and lists of holidays are full of them
 * @param faults gets what is wrong
 */
export function closureLines(lines: readonly string[], weekends: boolean, faults: string[]): ClosureLine[] {
  const header = lines.findIndex((line) => line.trim() !== '' && !isComment(line));
  if (header === -1) {
    faults.push('There is no table: a header "date,kind,reason" and a line a closure are needed');
    return [];
  }
  const columns = cellsOf(lines[header]).map((name) => name.toLowerCase());
  if (!columns.includes('date')) {
    faults.push(`Line ${header + 1}: the header lacks date; it names date, and kind and reason if you like`);
    return [];
  }

  const closures = new Map<string, ClosureLine>();
  for (let i = header + 1; i < lines.length; i++) {
    if (lines[i].trim() === '' || isComment(lines[i])) continue;
    const line = i + 1;
    const cells = cellsOf(lines[i]);
    const cell = (column: string) => cells[columns.indexOf(column)] ?? '';
    const date = cell('date');
    const kind = calendarExceptionKindSchema.safeParse(cell('kind') || 'closed');
    const other = closures.get(date);
    if (!isDate(date)) faults.push(`Line ${line}: "${date}" is not a date YYYY-MM-DD`);
    else if (!kind.success) {
      faults.push(`Line ${line} (${date}): "${cell('kind')}" is no kind: write closed or half_day`);
    } else if (other !== undefined) faults.push(`Line ${line}: ${date} is in line ${other.line} already`);
    else if (weekends || !isWeekend(parseDate(date))) {
      closures.set(date, { date, kind: kind.data, reason: cell('reason'), line });
    }
  }
  return [...closures.values()];
}

function cellsOf(line: string): string[] {
  return Papa.parse<string[]>(line).data[0].map((cell) => cell.trim());
}
