/** Which dates are sessions before exceptions. */
export const CALENDAR_RULES = ['new_york', 'every_day', 'weekdays'] as const;
export type CalendarRule = (typeof CALENDAR_RULES)[number];

/** What sets a date apart from its rule: no session, or one that closes early. */
export type CalendarExceptionKind = 'closed' | 'half_day';

/** When a market trades. Data only: worker threads get it as a clone. The functions on it are in `sessions.ts`. */
export interface TradingCalendar {
  /** `XNYS`, `24/7`, `weekdays`, or the name under which somebody uploaded it, such as `XPAR`. */
  readonly name: string;
  /** `new_york`: the rules of the New York Stock Exchange; `every_day`; `weekdays`: Monday to Friday. */
  readonly rule: CalendarRule;
  /** IANA name; `close` and `halfDayClose` are on its clocks. */
  readonly timeZone: string;
  /** `HH:MM`; `24:00` is the midnight that ends the date. */
  readonly close: string;
  /** `HH:MM` of an early close; null where there is none. */
  readonly halfDayClose: string | null;
  /** First date whose exceptions are known, `YYYY-MM-DD`. No bar is held against the calendar before it. */
  readonly knownFrom: string;
  /** Last date whose exceptions are known, `YYYY-MM-DD`. No bar is held against the calendar after it. */
  readonly knownUntil: string;
  /** By date, beside the rule. Of `XNYS` only what operators announced: its holidays are its rule. */
  readonly exceptions: ReadonlyMap<string, CalendarExceptionKind>;
}
