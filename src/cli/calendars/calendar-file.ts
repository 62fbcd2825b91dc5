import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type CalendarFile,
  parseCalendarFile,
} from '../../shared/contracts/calendar-file/parse-calendar-file.ts';
import { namingFile } from '../naming-file.ts';
import { readable } from '../readable.ts';

/**
 * Reads a calendar file, whose name is the calendar's, in upper case: `xpar.csv` holds `XPAR`.
 *
 * @throws InvalidInputError `unreadable_file`; `invalid_calendar`, its message beginning with the path
 */
export function readCalendarFile(path: string): CalendarFile {
  const text = readable(path, () => readFileSync(path, 'utf8'));
  const name = basename(path)
    .replace(/\.csv$/i, '')
    .toUpperCase();
  return namingFile(path, () => parseCalendarFile(text, name));
}
