import { BUILT_IN_CALENDARS } from '../calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import { wrongDates } from './checks/dates.ts';
import { implausiblePrices } from './checks/implausible-prices.ts';
import { impossiblePrices } from './checks/impossible-prices.ts';
import { jumps } from './checks/jumps.ts';
import { disorderedTimes } from './checks/ordered-times.ts';
import { repeatedPrices } from './checks/repeated-prices.ts';
import { repeatedRows } from './checks/repeated-rows.ts';
import { swappedOpens } from './checks/swapped-opens.ts';
import { closesOnly } from './closes-only.ts';
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
  /**
   * Whether the bars are some of a series, or by somebody's word the whole: a gap between them is told then, however large, and not
   * refused. Default false.
   */
  readonly isPart?: boolean;
  /**
   * Whether the closes alone count, as of an index of volatility: open, high and low are taken to be the close, and a
   * jump is not asked for its cause. Default false.
   */
  readonly closesOnly?: boolean;
  /** The calendars that a refusal may name; default those that need no upload. */
  readonly known?: readonly TradingCalendar[];
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
  const columns = rules.closesOnly === true ? closesOnly(bars) : bars;
  return { series: { ...columns, calendar: rules.calendar } as unknown as Series, notes };
}

/** What the gate finds of bars, refusals and notes. */
export function assessBars(given: BarColumns, rules: BarRules): readonly DataFinding[] {
  const { calendar, largestMove = DEFAULT_LARGEST_MOVE, known = BUILT_IN_CALENDARS, isPart = false } = rules;
  const bars = rules.closesOnly === true ? closesOnly(given) : given;
  const disorder = disorderedTimes(bars);
  const impossible = impossiblePrices(bars);
  // Neither dates nor moves say anything of such bars.
  if (disorder.length > 0) return [...disorder, ...impossible];
  return [
    ...impossible,
    ...implausiblePrices(bars, largestMove),
    ...wrongDates(bars, calendar, known, isPart),
    ...repeatedRows(bars),
    ...swappedOpens(bars),
    ...repeatedPrices(bars),
    // What moves overnight cannot be told by closes.
    ...(impossible.length > 0 || rules.closesOnly === true ? [] : jumps(bars, largestMove)),
  ];
}
