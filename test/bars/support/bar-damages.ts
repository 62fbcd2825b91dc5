import type { Bar } from '../../../src/shared/series/series.ts';
import { daysAfter } from './good-bars.ts';

/** Something that happens to bars on their way to a file. */
export type BarDamage = (bars: readonly Bar[]) => Bar[];

const PRICES = ['open', 'high', 'low', 'close'] as const;

/** A bar with its prices multiplied, in cents. */
export function scaledBar(bar: Bar, factor: number): Bar {
  const times = (price: number) => Math.round(price * factor * 100) / 100;
  return {
    ...{ time: bar.time, volume: bar.volume },
    ...{ open: times(bar.open), high: times(bar.high), low: times(bar.low), close: times(bar.close) },
  };
}

/** A bar with every price replaced. */
export function repriced(bar: Bar, by: (price: number) => number): Bar {
  return { ...bar, open: by(bar.open), high: by(bar.high), low: by(bar.low), close: by(bar.close) };
}

/** Prices multiplied from one bar on, up to another one. */
export function scaled(factor: number, from: number, to = Number.POSITIVE_INFINITY): BarDamage {
  return (bars) => bars.map((bar, i) => (i >= from && i < to ? scaledBar(bar, factor) : bar));
}

/** Prices before a bar that a split at it would have divided. @param ratio new shares for each old one */
export function unadjustedSplit(ratio: number, at: number): BarDamage {
  return scaled(ratio, 0, at);
}

/** Every date moved by so many days. */
export function shiftedDates(days: number): BarDamage {
  return (bars) => bars.map((bar) => ({ ...bar, time: daysAfter(bar.time, days) }));
}

/** Every date of a year replaced by that of another year. */
export function anotherYear(year: string, by: string): BarDamage {
  return (bars) =>
    bars.map((bar) => (bar.time.startsWith(year) ? { ...bar, time: by + bar.time.slice(4) } : bar));
}

/** Bars of which each sums up several. @param groupOf what the bars of one have in common @param dated which date it gets */
function summedUp(groupOf: (date: string) => string, dated: (dates: readonly string[]) => string): BarDamage {
  return (bars) => {
    const groups = new Map<string, Bar[]>();
    for (const bar of bars) groups.set(groupOf(bar.time), [...(groups.get(groupOf(bar.time)) ?? []), bar]);
    return [...groups.values()].map((group) => ({
      time: dated(group.map((bar) => bar.time)),
      open: group[0].open,
      high: Math.max(...group.map((bar) => bar.high)),
      low: Math.min(...group.map((bar) => bar.low)),
      close: group[group.length - 1].close,
      volume: group.reduce((sum, bar) => sum + (bar.volume ?? 0), 0),
    }));
  };
}

/** The Monday of a date's week. */
function mondayOf(date: string): string {
  return daysAfter(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/** Weekly bars. @param dated the first or the last session of the week, its Monday or its Sunday */
export function weekly(dated: 'first' | 'last' | 'monday' | 'sunday'): BarDamage {
  return summedUp(mondayOf, (dates) => {
    if (dated === 'first') return dates[0];
    if (dated === 'last') return dates[dates.length - 1];
    return daysAfter(mondayOf(dates[0]), dated === 'monday' ? 0 : 6);
  });
}

/** Monthly bars. @param dated the first of the month, or its last session */
export function monthly(dated: 'first' | 'last'): BarDamage {
  return summedUp(
    (date) => date.slice(0, 7),
    (dates) => (dated === 'first' ? `${dates[0].slice(0, 7)}-01` : dates[dates.length - 1]),
  );
}

/** One column of one bar replaced. */
export function changed(at: number, change: (bar: Bar) => Partial<Bar>): BarDamage {
  return (bars) => bars.map((bar, i) => (i === at ? { ...bar, ...change(bar) } : bar));
}

/** Bars left out. */
export function dropped(from: number, count = 1): BarDamage {
  return (bars) => bars.toSpliced(from, count);
}

/** Bars there twice, the copies right behind. */
export function doubled(from: number, count = 1): BarDamage {
  return (bars) => bars.toSpliced(from + count, 0, ...bars.slice(from, from + count));
}

/** The prices of a stretch repeated over the stretch behind it, under that one's dates. */
export function doubledPrices(from: number, count: number): BarDamage {
  return (bars) =>
    bars.map((bar, i) =>
      i >= from + count && i < from + 2 * count ? { ...bars[i - count], time: bar.time } : bar,
    );
}

/** Prices that stand still from a bar on. */
export function stoodStill(from: number, count: number): BarDamage {
  return (bars) =>
    bars.map((bar, i) => (i > from && i < from + count ? repriced(bar, () => bars[from].close) : bar));
}

/** A stretch of rows moved elsewhere, dates included. */
export function movedRows(from: number, count: number, to: number): BarDamage {
  return (bars) => {
    const rows = [...bars];
    const moved = rows.splice(from, count);
    return rows.toSpliced(to, 0, ...moved);
  };
}

/** Two columns of prices for one another. */
export function swappedColumns(one: (typeof PRICES)[number], other: (typeof PRICES)[number]): BarDamage {
  return (bars) => bars.map((bar) => ({ ...bar, [one]: bar[other], [other]: bar[one] }));
}

/** A column in the place of another one. */
export function copiedColumn(from: keyof Bar, to: (typeof PRICES)[number] | 'volume'): BarDamage {
  return (bars) => bars.map((bar) => ({ ...bar, [to]: bar[from] }));
}

/** Every price the other way round: a quote of euros in dollars as one of dollars in euros. */
export function inverted(from: number): BarDamage {
  return (bars) =>
    bars.map((bar, i) =>
      i < from
        ? bar
        : { ...bar, open: 1 / bar.open, high: 1 / bar.low, low: 1 / bar.high, close: 1 / bar.close },
    );
}

/** A bar whose close and open lie one rounding step above its high, as products of floating point numbers do. */
export function closeOneStepAboveHigh(at: number): BarDamage {
  return changed(at, ({ high }) => ({ open: high, close: high * (1 + Number.EPSILON) }));
}
