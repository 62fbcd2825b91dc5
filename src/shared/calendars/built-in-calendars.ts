import type { TradingCalendar } from './trading-calendar.ts';

/** The New York Stock Exchange: every symbol's calendar, unless it has another one. */
export const NEW_YORK: TradingCalendar = {
  name: 'XNYS',
  rule: 'new_york',
  timeZone: 'America/New_York',
  close: '16:00',
  halfDayClose: '13:00',
  // Before 1993 the unscheduled closures are not listed.
  knownFrom: '1993-01-01',
  knownUntil: '2060-12-31',
  exceptions: new Map(),
};

/** What trades every day, with days in UTC: cryptocurrencies. */
export const EVERY_DAY: TradingCalendar = {
  name: '24/7',
  rule: 'every_day',
  timeZone: 'UTC',
  close: '24:00',
  halfDayClose: null,
  knownFrom: '1800-01-01',
  knownUntil: '2199-12-31',
  exceptions: new Map(),
};

/** What trades from Sunday evening to Friday evening: foreign exchange, whose days end at 17:00 in New York. */
export const WEEKDAYS: TradingCalendar = {
  name: 'weekdays',
  rule: 'weekdays',
  timeZone: 'America/New_York',
  close: '17:00',
  halfDayClose: null,
  knownFrom: '1800-01-01',
  knownUntil: '2199-12-31',
  exceptions: new Map(),
};

/** The calendars that need no upload. */
export const BUILT_IN_CALENDARS: readonly TradingCalendar[] = [NEW_YORK, EVERY_DAY, WEEKDAYS];
