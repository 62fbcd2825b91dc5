import { newYorkTime } from '../calendars/new-york-time.ts';
import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import { ProviderError } from '../errors/provider-error.ts';
import { type HalfSession, halfSessions } from '../series/half-sessions.ts';
import type { Bar } from '../series/series.ts';
import type { BarPage, IncompleteBar } from './bar-provider.ts';

/** Minutes. */
const HALF_HOUR = 30;

/** Bars of one date by the minute of its day in UTC at which they start. */
type BarsByMinute = Map<number, Bar>;

/**
 * Bars of half sessions from bars of half hours, regular hours only: 09:30 to 13:30 is eight of them, 13:30 to 16:00 five, a half day's
 * only half seven. A half session that lacks some is not made of the others: it is reported. One of which nothing is there is left out.
 *
 * @param halfHours by their start, oldest first; what lies outside regular hours is passed over
 * @param calendar New York's, with what operators announced
 * @throws ProviderError `provider_bad_answer` for a bar that does not start on a half hour, one that comes twice or too late, and one of
 *   regular hours on a day without a session
 */
export function composeHalfSessions(halfHours: readonly Bar[], calendar: TradingCalendar): BarPage {
  const byDate = new Map<string, BarsByMinute>();
  let previous = '';
  for (const bar of halfHours) {
    const minute = minuteOf(bar.time);
    if (minute % HALF_HOUR !== 0 || bar.time.slice(17) !== '00Z')
      throw bad(bar, 'does not start on a half hour');
    if (bar.time <= previous) throw bad(bar, 'does not come after the one before it');
    previous = bar.time;
    const date = bar.time.slice(0, 10);
    const ofDate = byDate.get(date);
    if (ofDate === undefined) byDate.set(date, new Map([[minute, bar]]));
    else ofDate.set(minute, bar);
  }

  const bars: Bar[] = [];
  const incomplete: IncompleteBar[] = [];
  for (const [date, ofDate] of byDate) {
    const halves = halfSessions(date, calendar);
    if (halves.length === 0) requireNoRegularHours(date, ofDate);
    for (const half of halves) {
      const starts = halfHourStarts(half);
      const parts = starts.flatMap((start) => ofDate.get(start) ?? []);
      if (parts.length === starts.length) bars.push(joined(half, parts));
      else if (parts.length > 0) {
        const lacking = starts.filter((start) => !ofDate.has(start)).map(clock);
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
function requireNoRegularHours(date: string, ofDate: BarsByMinute): void {
  const [open, close] = [minuteOf(newYorkTime(date, '09:30')), minuteOf(newYorkTime(date, '16:00'))];
  for (const [minute, bar] of ofDate) {
    if (minute < open || minute >= close) continue;
    throw new ProviderError(
      'provider_bad_answer',
      `The bar of ${bar.time} is of regular hours, but New York has no session on ${date}`,
      false,
    );
  }
}

/** Sessions lie within one date of UTC. */
function halfHourStarts({ start, end }: HalfSession): number[] {
  const starts: number[] = [];
  for (let at = minuteOf(start); at < minuteOf(end); at += HALF_HOUR) starts.push(at);
  return starts;
}

function joined({ start }: HalfSession, parts: readonly Bar[]): Bar {
  return {
    time: start,
    open: parts[0].open,
    high: Math.max(...parts.map((bar) => bar.high)),
    low: Math.min(...parts.map((bar) => bar.low)),
    close: parts[parts.length - 1].close,
    volume: parts.reduce<number | null>(
      (sum, { volume }) => (sum === null || volume === null ? null : sum + volume),
      0,
    ),
  };
}

/** Minutes since midnight of `YYYY-MM-DDTHH:MM:SSZ`. */
function minuteOf(instant: string): number {
  return Number(instant.slice(11, 13)) * 60 + Number(instant.slice(14, 16));
}

function clock(minute: number): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}

function bad(bar: Bar, rule: string): ProviderError {
  return new ProviderError('provider_bad_answer', `The bar of ${bar.time} ${rule}`, false);
}
