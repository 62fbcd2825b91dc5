import { basename } from 'node:path';
import {
  type CalendarFile,
  parseCalendarFile,
} from '../../shared/contracts/calendar-file/parse-calendar-file.ts';
import { namingFile } from '../naming-file.ts';
import { readTextFile } from '../read-text-file.ts';

/**
 * Reads a calendar file, whose name is the calendar's, in upper case: `xpar.csv` holds `XPAR`.
 *
 * @throws InvalidInputError `unreadable_file`; `invalid_calendar`, its message beginning with the path
 */
export function readCalendarFile(path: string): CalendarFile {
  const text = readTextFile(path);
  const name = basename(path)
    .replace(/\.csv$/i, '')
    .toUpperCase();
  return namingFile(path, () => parseCalendarFile(text, name));
}
