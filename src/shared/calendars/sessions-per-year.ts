import { parseDate } from './civil-date.ts';
import type { CalendarRule, TradingCalendar } from './trading-calendar.ts';

const DAYS = 365.2425;
/** Sessions in a year by rule alone. */
const BY_RULE: Readonly<Record<CalendarRule, number>> = {
  new_york: 252,
  every_day: DAYS,
  weekdays: (DAYS * 5) / 7,
};

/** Sessions in a year, to the whole number: 252 in New York, 365 where every day is one; fewer by the closures that a calendar lists. */
export function sessionsPerYear({ rule, exceptions, knownFrom, knownUntil }: TradingCalendar): number {
  // What operators announced in New York is no part of a usual year.
  if (rule === 'new_york') return BY_RULE.new_york;
  const years = (parseDate(knownUntil) + 1 - parseDate(knownFrom)) / DAYS;
  const closed = [...exceptions.values()].filter((kind) => kind === 'closed').length;
  return Math.round(BY_RULE[rule] - closed / years);
}
