import { parseDate } from '../../calendars/civil-date.ts';

/** Is this line of a calendar file one that begins with `#`? */
export function isComment(line: string): boolean {
  return line.trimStart().startsWith('#');
}

/** Is this text a date `YYYY-MM-DD` that there is? */
export function isDate(text: string | undefined): text is string {
  try {
    return text !== undefined && Number.isInteger(parseDate(text));
  } catch {
    return false;
  }
}
