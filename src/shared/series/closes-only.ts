import type { Bar, BarColumns } from './series.ts';

// An index of volatility is quoted by its closes: its opens, highs and lows are computed from thin quotes, and
// contradict one another.

/** The bar by its close alone: open, high and low are the close. */
export function closeOfBar<Any extends Bar>(bar: Any): Any {
  const { close } = bar;
  return { ...bar, open: close, high: close, low: close };
}

/** Bars by their closes alone. */
export function closesOnly<Columns extends BarColumns>(bars: Columns): Columns {
  const { close } = bars;
  return { ...bars, open: close, high: close, low: close };
}
