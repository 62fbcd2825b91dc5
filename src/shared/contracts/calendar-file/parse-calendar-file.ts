import { BUILT_IN_CALENDARS } from '../../calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../../calendars/trading-calendar.ts';
import { InvalidInputError } from '../../errors/invalid-input-error.ts';
import { more } from '../../wording/more.ts';
import { calendarNameSchema } from '../calendar.ts';
import { type Closure, closureLines } from './closure-lines.ts';
import { headingLines } from './heading-lines.ts';

/** Faults that a message names; of the others it tells the number. */
const NAMED_FAULTS = 20;

/** A calendar file: a market that trades on weekdays, or on every day, but for what it lists. */
export interface CalendarFile {
  readonly calendar: TradingCalendar;
  /** By date. */
  readonly closures: readonly Closure[];
}

/**
 * Reads a list of closures that a person keeps: CSV with the columns date, kind (`closed`, the default, or `half_day`) and reason (for
 * people), the last two as one likes, below lines that say the rest:
 *
 * ```
 * # time zone Europe/Paris
 * # close 17:30
 * # half day close 14:05
 * # known 2000-01-01 to 2026-12-31
 * date,kind,reason
 * 2026-04-03,closed,Good Friday
 * 2026-12-24,half_day,Christmas Eve
 * ```
 *
 * The line of the half day's close is needed where there are half days. A line `# every day` makes weekends sessions, too, but for those
 * that are listed: a market that trades from Sunday to Thursday lists its Fridays and Saturdays.
 *
 * @param name of the calendar, upper case
 * @throws InvalidInputError `invalid_calendar`: its message tells the first 20 faults of the file, and how many more there are
 */
export function parseCalendarFile(text: string, name: string): CalendarFile {
  const faults = faultsOfName(name);
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const {
    timeZone,
    close,
    halfDayClose = null,
    knownFrom,
    knownUntil,
    everyDay,
  } = headingLines(lines, faults);
  const found = closureLines(lines, everyDay, faults);
  for (const { date, kind, line } of found) {
    if (knownFrom !== undefined && knownUntil !== undefined && (date < knownFrom || date > knownUntil)) {
      faults.push(
        `Line ${line}: ${date} lies outside of ${knownFrom} to ${knownUntil}, which the calendar knows`,
      );
    }
    if (kind === 'half_day' && halfDayClose === null) {
      faults.push(
        `Line ${line}: ${date} is a half day; a line such as "# half day close 14:05" must say when it closes`,
      );
    }
  }
  // A heading that is missing is a fault.
  const whole =
    timeZone !== undefined && close !== undefined && knownFrom !== undefined && knownUntil !== undefined;
  if (faults.length > 0 || !whole) throw invalid(name, faults);
  const closures = found
    .map(({ date, kind, reason }) => ({ date, kind, reason }))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
  return {
    calendar: {
      ...{ name, rule: everyDay ? 'every_day' : 'weekdays' },
      ...{ timeZone, close, halfDayClose, knownFrom, knownUntil },
      exceptions: new Map(closures.map(({ date, kind }) => [date, kind])),
    },
    closures,
  };
}

function faultsOfName(name: string): string[] {
  if (BUILT_IN_CALENDARS.some((calendar) => calendar.name.toUpperCase() === name)) {
    return [`The name ${name} is of a calendar that is built in: give the file another name`];
  }
  const named = calendarNameSchema.safeParse(name);
  return named.success ? [] : [`"${name}" is not a calendar's name: ${named.error.issues[0].message}`];
}

function invalid(name: string, faults: readonly string[]): InvalidInputError {
  const told = [...faults.slice(0, NAMED_FAULTS), ...more(faults.length - NAMED_FAULTS, 'fault')];
  return new InvalidInputError(
    'invalid_calendar',
    `The calendar ${name} cannot be read: ${told.join('. ')}`,
    { calendar: name, faults: faults.length },
  );
}
