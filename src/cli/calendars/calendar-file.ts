import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type CalendarFile,
  parseCalendarFile,
} from '../../shared/contracts/calendar-file/parse-calendar-file.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';

/**
 * Reads a calendar file, whose name is the calendar's, in upper case: `xpar.csv` holds `XPAR`.
 *
 * @throws InvalidInputError `unreadable_file`; `invalid_calendar`, its message beginning with the path
 */
export function readCalendarFile(path: string): CalendarFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidInputError('unreadable_file', `${path} cannot be read: ${(error as Error).message}`);
  }
  const name = basename(path)
    .replace(/\.csv$/i, '')
    .toUpperCase();
  try {
    return parseCalendarFile(text, name);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(error.code, `${path}: ${error.message}`, error.details);
  }
}
