import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import type { Bar, ReceivedTimeframe } from '../series/series.ts';

/** How a file of bars is to be read. */
export interface FileReadingOptions {
  readonly timeframe: ReceivedTimeframe;
  /** The clock, ISO 8601 in UTC: a bar dated after it, or of a session or half session that is not over, is refused. */
  readonly now: string;
  /** First and last date wanted, `YYYY-MM-DD`. Rows outside are counted and not looked at. Default: all. */
  readonly from?: string;
  readonly to?: string;
  /** The symbol that the bars are for, to hold against the one that the file names. */
  readonly symbol?: string;
  /** Whose sessions the bars are of: an open one is refused, and seconds since 1970 are its dates. Default: New York's. */
  readonly calendar?: TradingCalendar;
  /**
   * Whether the closes alone are read: open, high and low are taken to be the close, whatever their columns say.
   * Default false.
   */
  readonly closesOnly?: boolean;
  /** What the caller says of the prices. Unless it is `all`, they are taken as written. Default: what the file says. */
  readonly adjustment?: 'raw' | 'split' | 'dividend' | 'all';
}

/** What was found in a file beside its bars. */
export interface FileReading {
  /** What it was recognised as, such as `a Nasdaq export, newest first`. */
  readonly readAs: string;
  /** `all` where the file has adjusted closes that differ from its closes; null where it says nothing of it. */
  readonly adjustment: 'all' | null;
  /** Bars with a price that was moved because it lay outside of its bar by rounding. */
  readonly rounded: number;
  /** Rows before `from` or after `to`. */
  readonly leftOut: number;
  /** What else a person should know, a sentence each. */
  readonly notes: readonly string[];
}

/** The bars of a file, oldest first, and what was found beside them. */
export interface ReadBars {
  readonly bars: readonly Bar[];
  readonly reading: FileReading;
}
