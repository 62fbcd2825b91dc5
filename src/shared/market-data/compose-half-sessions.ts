import { ProviderError } from '../errors/provider-error.ts';
import { type HalfSession, halfSessions } from '../series/half-sessions.ts';
import type { Bar } from '../series/series.ts';
import { isSession, newYorkTime } from '../series/trading-calendar.ts';
import type { BarPage, IncompleteBar } from './bar-provider.ts';

const HALF_HOUR = 30 * 60_000;

/**
 * Bars of half sessions from bars of half hours, regular hours only: 09:30 to 13:30 is eight of them, 13:30 to 16:00 five, a half day's
 * only half seven. A half session that lacks some is not made of the others: it is reported. One of which nothing is there is left out.
 *
 * @param halfHours by their start, oldest first; what lies outside regular hours is passed over
 * @throws ProviderError `provider_bad_answer` for a bar that does not start on a half hour, or one that comes twice or too late
 */
export function composeHalfSessions(halfHours: readonly Bar[]): BarPage {
  const byDate = new Map<string, Map<number, Bar>>();
  let previous = Number.NEGATIVE_INFINITY;
  for (const [i, bar] of halfHours.entries()) {
    const start = Date.parse(bar.time);
    if (start % HALF_HOUR !== 0) throw bad(i, bar, 'does not start on a half hour');
    if (start <= previous) throw bad(i, bar, 'does not come after the one before it');
    previous = start;
    const date = bar.time.slice(0, 10);
    const ofDate = byDate.get(date);
    if (ofDate === undefined) byDate.set(date, new Map([[start, bar]]));
    else ofDate.set(start, bar);
  }

  const bars: Bar[] = [];
  const incomplete: IncompleteBar[] = [];
  for (const [date, ofDate] of byDate) {
    if (!isSession(date)) requireNoRegularHours(date, ofDate);
    for (const half of halfSessions(date)) {
      const starts = halfHourStarts(half);
      const parts = starts.flatMap((start) => ofDate.get(start) ?? []);
      if (parts.length === starts.length) bars.push(joined(half, parts));
      else if (parts.length > 0) {
        const lacking = starts.filter((start) => !ofDate.has(start)).map((start) => clock(start));
        incomplete.push({
          time: half.start,
          message: `${parts.length} of ${starts.length} half hours are there; missing (UTC): ${lacking.join(', ')}`,
        });
      }
    }
  }
  return { bars, incomplete };
}

/** Trading before and after hours is passed over on any day; in regular hours it contradicts the calendar. */
function requireNoRegularHours(date: string, ofDate: ReadonlyMap<number, Bar>): void {
  const [open, close] = [Date.parse(newYorkTime(date, '09:30')), Date.parse(newYorkTime(date, '16:00'))];
  for (const start of ofDate.keys()) {
    if (start < open || start >= close) continue;
    throw new ProviderError(
      'provider_bad_answer',
      `the bar of ${ofDate.get(start)!.time} is of regular hours, but New York has no session on ${date}`,
      false,
    );
  }
}

function halfHourStarts({ start, end }: HalfSession): number[] {
  const starts: number[] = [];
  for (let at = Date.parse(start); at < Date.parse(end); at += HALF_HOUR) starts.push(at);
  return starts;
}

function joined({ start }: HalfSession, parts: readonly Bar[]): Bar {
  return {
    time: start,
    open: parts[0].open,
    high: Math.max(...parts.map((bar) => bar.high)),
    low: Math.min(...parts.map((bar) => bar.low)),
    close: parts[parts.length - 1].close,
    volume: parts.reduce((sum, bar) => sum + (bar.volume ?? 0), 0),
  };
}

function clock(instant: number): string {
  return new Date(instant).toISOString().slice(11, 16);
}

function bad(i: number, bar: Bar, rule: string): ProviderError {
  return new ProviderError('provider_bad_answer', `bar ${i + 1} (${bar.time}) ${rule}`, false);
}
