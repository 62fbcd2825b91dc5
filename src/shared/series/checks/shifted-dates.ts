import { formatDate, weekday } from '../../calendars/civil-date.ts';
import { isSessionDay } from '../../calendars/sessions.ts';
import type { TradingCalendar } from '../../calendars/trading-calendar.ts';
import type { DataRefusal } from '../data-finding.ts';
import type { SessionDates } from './session-dates.ts';

const DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** Days by which dates are tried: more is another day of another week. */
const SHIFTS = [1, -1, 2, -2, 3, -3];
/** What tells a shift from stray bars: so many dates without a session, in a stretch of so many days that a shift makes sessions of. */
const LEAST_OFF = 2;
const LEAST_DAYS = 8;

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly bars: number;
  readonly off: number;
}

/**
 * Dates that are those of sessions when they are moved by a few days: a time zone was converted. Each week of a market has a day before
 * which there is no session (Monday) and one after which there is none (Friday), so good dates are never movable for longer than a week.
 */
export function shiftedDates(symbol: string, dates: SessionDates, calendar: TradingCalendar): DataRefusal[] {
  if (dates.off.length < LEAST_OFF) return [];
  const off = new Set(dates.off);
  const found = SHIFTS.map((shift) => {
    const stretches = movable(dates.days, off, shift, calendar);
    return { shift, stretches, bars: stretches.reduce((sum, { bars }) => sum + bars, 0) };
  }).sort((a, b) => b.bars - a.bars)[0];
  if (found.bars === 0) return [];

  const { shift, stretches, bars } = found;
  const [first, last] = [stretches[0].from, stretches[stretches.length - 1].to].map(formatDate);
  const by = Math.abs(shift) === 1 ? 'a day' : `${Math.abs(shift)} days`;
  const example = stretches.flatMap(({ from, to }) => dates.off.filter((day) => day >= from && day <= to))[0];
  return [
    {
      severity: 'refuse',
      code: 'shifted_dates',
      message:
        `${symbol}: ${bars} of the ${dates.days.length} dates lie ${by} too ${shift > 0 ? 'early' : 'late'}, from ${first} to ${last}: ` +
        `${formatDate(example)} is a ${DAY_NAMES[weekday(example)]}, where ${calendar.name} has no session, and moved ${by} ` +
        `${shift > 0 ? 'later' : 'earlier'} they are all sessions. A time zone was converted: give the exchange's own dates`,
      details: { shift: -shift, bars, first, last },
    },
  ];
}

function movable(
  days: readonly number[],
  off: ReadonlySet<number>,
  shift: number,
  calendar: TradingCalendar,
): Stretch[] {
  const found: Stretch[] = [];
  let from = 0;
  for (let i = 0; i <= days.length; i++) {
    if (i < days.length && isSessionDay(days[i] + shift, calendar)) continue;
    const stretch = days.slice(from, i);
    const without = stretch.filter((day) => off.has(day)).length;
    if (without >= LEAST_OFF && stretch[stretch.length - 1] - stretch[0] >= LEAST_DAYS) {
      found.push({
        from: stretch[0],
        to: stretch[stretch.length - 1],
        bars: stretch.length,
        off: without,
      });
    }
    from = i + 1;
  }
  return found;
}
