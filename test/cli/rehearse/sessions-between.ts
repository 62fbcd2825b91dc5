import { isSession } from '../../../src/shared/series/trading-calendar.ts';

/** The dates with a session in New York, both ends included. */
export function sessionsBetween(from: string, to: string): string[] {
  const dates: string[] = [];
  for (let day = Date.parse(from); day <= Date.parse(to); day += 86_400_000) {
    const date = new Date(day).toISOString().slice(0, 10);
    if (isSession(date)) dates.push(date);
  }
  return dates;
}
