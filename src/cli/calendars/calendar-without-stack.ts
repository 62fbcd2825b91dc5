import { BUILT_IN_CALENDARS, NEW_YORK } from '../../shared/calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../../shared/calendars/trading-calendar.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { type CalendarChoice, chosenCalendar, isCalendarPath } from './calendar-choice.ts';
import { readCalendarFile } from './calendar-file.ts';

/**
 * The calendar of a symbol's bars where there is no stack that knows it: the one that is chosen, else New York's.
 *
 * @throws InvalidInputError `unknown_calendar` for a name that is not built in; as {@link readCalendarFile}
 */
export function calendarWithoutStack(choice: CalendarChoice | undefined, symbol: string): TradingCalendar {
  const name = chosenCalendar(choice, symbol);
  if (name === undefined) return NEW_YORK;
  if (isCalendarPath(name)) return readCalendarFile(name).calendar;
  const calendar = BUILT_IN_CALENDARS.find((each) => each.name === name);
  if (calendar !== undefined) return calendar;
  throw new InvalidInputError(
    'unknown_calendar',
    `There is no calendar ${name} here: use ${BUILT_IN_CALENDARS.map((each) => each.name).join(', ')}, or the path of a calendar file, such as ${name}.csv`,
    { calendar: name },
  );
}
