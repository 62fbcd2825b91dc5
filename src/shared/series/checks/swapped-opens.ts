import type { DataRefusal } from '../data-finding.ts';
import type { BarColumns } from '../series.ts';

/** Bars in a row that are looked at together. */
const WINDOW = 120;
/**
 * The share of bars that must speak against their order, beyond those that speak for it. Of real daily series from 1950 to 2025 none gets
 * below -0.03 in any window; swapped, an average one is at -0.6.
 */
const SWAPPED_SHARE = 0.25;
/** The share of bars with a range whose open is the close. Of real ones it is 0.6 at most, where prices had few digits. */
const COPIED_SHARE = 0.8;

/**
 * Opens and closes that are swapped, or rows whose order is reversed. An open is near the close before it, for only a night lies between;
 * a close and the open before it have two days of trading between them. A bar speaks against its order when that is the other way round.
 */
export function swappedOpens(bars: BarColumns): DataRefusal[] {
  const { symbol, times, open, high, low, close } = bars;
  const votes = new Int8Array(times.length);
  for (let i = 1; i < times.length; i++) {
    const night = relative(open[i], close[i - 1]);
    const days = relative(close[i], open[i - 1]);
    votes[i] = night > days ? 1 : night < days ? -1 : 0;
  }
  const swapped = worstWindow(votes, SWAPPED_SHARE);
  if (swapped !== null) {
    const why =
      'the opens lie further from the close before than the closes from the open before: open and close are swapped, or the rows ' +
      'are in reverse order';
    return [refusal(symbol, times, swapped, why)];
  }
  const copied = worstWindow(
    times.map((_, i) => (open[i] === close[i] && high[i] > low[i] ? 1 : 0)),
    COPIED_SHARE,
  );
  return copied === null
    ? []
    : [
        refusal(
          symbol,
          times,
          copied,
          'open and close are the same, though the price moved: a column is there twice',
        ),
      ];
}

/** Ordinal of the last bar of the window with the most votes; null where none has the share. */
function worstWindow(votes: ArrayLike<number>, share: number): number | null {
  let sum = 0;
  let worst: { readonly sum: number; readonly end: number } | null = null;
  for (let i = 0; i < votes.length; i++) {
    sum += votes[i] - (i >= WINDOW ? votes[i - WINDOW] : 0);
    if (i >= WINDOW - 1 && sum > (worst?.sum ?? share * WINDOW)) worst = { sum, end: i };
  }
  return worst?.end ?? null;
}

function refusal(symbol: string, times: readonly string[], end: number, why: string): DataRefusal {
  const [from, to] = [times[end - WINDOW + 1], times[end]];
  return {
    severity: 'refuse',
    code: 'swapped_columns',
    message: `${symbol}, from ${from} to ${to}: ${why}`,
    details: { from, to, bars: WINDOW },
  };
}

/** The larger over the smaller, which grows as their distance in logs does. */
function relative(a: number, b: number): number {
  return a > b ? a / b : b / a;
}
