import { more } from '../../wording/more.ts';
import { checkBar } from '../check-bar.ts';
import type { DataRefusal } from '../data-finding.ts';
import { notFinite } from '../not-finite.ts';
import type { BarColumns } from '../series.ts';

/** Prices that are none, the first alone; nothing else is said of such bars. Else the bars whose prices contradict one another. */
export function impossiblePrices(bars: BarColumns): DataRefusal[] {
  const refused = notFinite(bars) ?? inconsistentBars(bars);
  return refused === undefined ? [] : [refused];
}

/** Prices of a bar that contradict one another by more than rounding. */
function inconsistentBars({
  symbol,
  times,
  open,
  high,
  low,
  close,
  volume,
}: BarColumns): DataRefusal | undefined {
  let first: { readonly time: string; readonly message: string } | undefined;
  let count = 0;
  for (let i = 0; i < times.length; i++) {
    const [o, h, l, c, v] = [open[i], high[i], low[i], close[i], volume[i]];
    if (l <= o && o <= h && l <= c && c <= h && !(v < 0)) continue;
    const bar = { time: times[i], open: o, high: h, low: l, close: c, volume: Number.isNaN(v) ? null : v };
    const { fault } = checkBar(bar);
    if (fault === undefined) continue;
    count++;
    first ??= { time: times[i], message: `${symbol} at ${times[i]}: ${fault.what}; ${fault.rule}` };
  }
  if (first === undefined) return undefined;
  return {
    severity: 'refuse',
    code: 'inconsistent_bar',
    message: [first.message, ...more(count - 1, 'such bar')].join('. '),
    details: { symbol, time: first.time, bars: count },
  };
}
