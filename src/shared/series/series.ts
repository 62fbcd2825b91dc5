import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import type { Covariate } from './covariate.ts';
import type { ScheduledEvent } from './scheduled-event.ts';

/**
 * The timeframe of a bar: one session; half of one; or from one session's 13:30 in New York to the next one's, which is
 * made from half sessions (`eightHourBars`).
 */
export const TIMEFRAMES = ['1D', '4h', '8h'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

/** The timeframes of bars as they are received; the others are made from them. */
export const RECEIVED_TIMEFRAMES = ['1D', '4h'] as const satisfies readonly Timeframe[];
export type ReceivedTimeframe = (typeof RECEIVED_TIMEFRAMES)[number];

/** One bar as it is received and stored. Prices in the instrument's currency. */
export interface Bar {
  /**
   * `YYYY-MM-DD` (the exchange's session date) for `1D`; the bar's start, ISO 8601 in UTC, for `4h`; for `8h` the start of the
   * half session that it ends with.
   */
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Shares traded; null where the source has none. */
  readonly volume: number | null;
}

/** Bars of one symbol by column, all of the same length, as somebody gave them: nothing of them is checked. */
export interface BarColumns {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly times: readonly string[];
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** NaN where the source has none. */
  readonly volume: Float64Array;
}

/** Of a type only, so that a series survives the way to another thread. */
declare const checked: unique symbol;

/**
 * Bars that passed the gate, `checkBars`, oldest first. Nothing else makes one, and nothing that fits takes anything else. What is
 * made of a series' own bars (a part of them, other units) is one, too.
 */
export interface Series extends BarColumns {
  readonly calendar: TradingCalendar;
  /** Of the symbol, by date, past and future; default none. See `withEvents`. */
  readonly events?: readonly ScheduledEvent[];
  /** Default none. See `withCovariates`. */
  readonly covariates?: readonly Covariate[];
  readonly [checked]: true;
}

/** Columns from bars; the bars' order is kept. */
export function columnsFromBars(symbol: string, timeframe: Timeframe, bars: readonly Bar[]): BarColumns {
  return {
    symbol,
    timeframe,
    times: bars.map((bar) => bar.time),
    open: Float64Array.from(bars, (bar) => bar.open),
    high: Float64Array.from(bars, (bar) => bar.high),
    low: Float64Array.from(bars, (bar) => bar.low),
    close: Float64Array.from(bars, (bar) => bar.close),
    volume: Float64Array.from(bars, (bar) => bar.volume ?? Number.NaN),
  };
}

/**
 * Bars `from` (inclusive) to `to` (exclusive), with what covariates showed at them; the columns are views, not
 * copies. Events stay: each says itself since when it is known.
 */
export function sliceSeries<Bars extends BarColumns & Pick<Partial<Series>, 'covariates'>>(
  bars: Bars,
  from: number,
  to: number,
): Bars {
  return {
    ...bars,
    ...(bars.covariates !== undefined && {
      covariates: bars.covariates.map((one) => ({ ...one, values: one.values.subarray(from, to) })),
    }),
    times: bars.times.slice(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  };
}
