import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { isSession } from '../../../src/shared/calendars/sessions.ts';

/** The dates with a session in New York, both ends included. */
export function sessionsBetween(from: string, to: string): string[] {
  const dates: string[] = [];
  for (let day = Date.parse(from); day <= Date.parse(to); day += 86_400_000) {
    const date = new Date(day).toISOString().slice(0, 10);
    if (isSession(date, NEW_YORK)) dates.push(date);
  }
  return dates;
}
