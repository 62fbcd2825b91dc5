import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import { gaps } from './checks/gaps.ts';
import { implausiblePrices } from './checks/implausible-prices.ts';
import { impossiblePrices } from './checks/impossible-prices.ts';
import { repeatedPrices } from './checks/repeated-prices.ts';
import type { DataFinding, DataNote } from './data-finding.ts';
import { DEFAULT_LARGEST_MOVE } from './implausible-moves.ts';
import { raiseRefusals } from './raise-refusals.ts';
import type { BarColumns, Series } from './series.ts';

/** What bars are held against. */
export interface BarRules {
  /** Of the symbol. */
  readonly calendar: TradingCalendar;
  /** The largest factor by which a price is believed to move; default {@link DEFAULT_LARGEST_MOVE}. */
  readonly largestMove?: number;
}

/** Bars that may be fitted, and what a forecast from them must say. */
export interface CheckedBars {
  readonly series: Series;
  readonly notes: readonly DataNote[];
}

/**
 * The gate: the one place where bars become a series. It looks at what holds whatever the bars are for; whether there are enough of
 * them, and how old they are, is for who uses them (`assessDataQuality`).
 *
 * @throws FitError with the code of the first refusal; its message tells of all of them
 */
export function checkBars(bars: BarColumns, rules: BarRules): CheckedBars {
  const notes = raiseRefusals(assessBars(bars, rules));
  return { series: { ...bars, calendar: rules.calendar } as unknown as Series, notes };
}

/** What the gate finds of bars, refusals and notes. */
export function assessBars(
  bars: BarColumns,
  { calendar, largestMove = DEFAULT_LARGEST_MOVE }: BarRules,
): readonly DataFinding[] {
  return [
    ...impossiblePrices(bars),
    ...implausiblePrices(bars, largestMove),
    ...repeatedPrices(bars),
    ...gaps(bars, calendar),
  ];
}
