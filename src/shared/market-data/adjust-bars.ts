import { ROUNDING_TOLERANCE } from '../series/check-bar.ts';
import type { Bar } from '../series/series.ts';
import type { WrittenBar } from './read-prices.ts';

/** Does a file adjust anything: does an adjusted close differ from its close by more than rounding? */
export function isAdjusted(bars: readonly WrittenBar[]): boolean {
  return bars.some(
    ({ bar, adjustedClose }) =>
      adjustedClose !== null && Math.abs(adjustedClose - bar.close) > ROUNDING_TOLERANCE * bar.close,
  );
}

/**
 * Bars with the adjusted close for their close, and open, high and low adjusted by the same factor.
 *
 * @param sharesLater by bar, how many shares one of that day is now: volume is multiplied by it. Default: volume stays
 */
export function adjustBars(bars: readonly WrittenBar[], sharesLater?: readonly number[]): Bar[] {
  return bars.map(({ bar, adjustedClose }, i) => {
    const close = adjustedClose ?? bar.close;
    const factor = close / bar.close;
    const [high, low] = [bar.high * factor, bar.low * factor];
    return {
      time: bar.time,
      // The product may miss the close by its last bit where one of them equals it.
      open: Math.min(Math.max(bar.open * factor, Math.min(low, close)), Math.max(high, close)),
      high: Math.max(high, close),
      low: Math.min(low, close),
      close,
      volume: bar.volume === null ? null : bar.volume * (sharesLater?.[i] ?? 1),
    };
  });
}

/**
 * By row, how many shares one of that day is at the end: the product of the splits that came later.
 *
 * @param splits by row from the oldest on, new shares for an old one as written; what is no number above 0 is no split
 */
export function sharesLater(splits: readonly string[]): number[] {
  const shares = new Array<number>(splits.length);
  let product = 1;
  for (let i = splits.length - 1; i >= 0; i--) {
    shares[i] = product;
    const split = Number(splits[i]);
    if (split > 0 && split < Number.POSITIVE_INFINITY) product *= split;
  }
  return shares;
}
