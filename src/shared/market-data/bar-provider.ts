import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import type { BarSource } from '../contracts/market-data.ts';
import type { Bar, ReceivedTimeframe } from '../series/series.ts';

/** What a provider is asked for. */
export interface BarQuery {
  readonly symbol: string;
  readonly timeframe: ReceivedTimeframe;
  /** Of the symbol: which dates its bars may have. */
  readonly calendar: TradingCalendar;
  /** Whether the closes of its bars alone count: see `BarRules`. Default false. */
  readonly closesOnly?: boolean;
  /** First session wanted, `YYYY-MM-DD`. */
  readonly from: string;
  /** The clock, ISO 8601 in UTC: bars are wanted up to it, and only finished ones. */
  readonly now: string;
}

/** A bar that cannot be given whole. */
export interface IncompleteBar {
  /** The time that the bar would have. */
  readonly time: string;
  /** What is missing of it. */
  readonly message: string;
}

/** Some of the bars that were asked for. */
export interface BarPage {
  /** As the provider has them, oldest first; not checked beyond their shape. */
  readonly bars: readonly Bar[];
  readonly incomplete: readonly IncompleteBar[];
}

/** A provider of bars. */
export interface BarProvider {
  readonly source: BarSource;
  /** Minutes after a session's end from which on its bar counts as finished. */
  readonly settlingMinutes: number;
  /** Requests made so far, repeated ones included. */
  requests(): number;
  /**
   * Page after page, oldest first.
   *
   * @throws ProviderError; InvalidInputError `unsupported_timeframe`
   */
  fetchBars(query: BarQuery): AsyncIterable<BarPage>;
}
