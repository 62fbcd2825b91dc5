import type { DataFinding } from '../data-finding.ts';
import type { BarColumns } from '../series.ts';

/** Closes in a row that are the same: from the first number on worth a note, from the second on no market's prices. */
const REPEATED_NOTED = 6;
const REPEATED_REFUSED = 60;
/**
 * Share of the closes that repeat the one before: the same, where there are enough closes for a share to mean
 * something.
 */
const REPEATED_SHARE_NOTED = 0.1;
const REPEATED_SHARE_REFUSED = 0.5;
const LEAST_CLOSES = 20;

/** Closes that repeat the one before: a few are told; 60 in a row, or half of 20 or more, are refused. */
export function repeatedPrices({ symbol, times, close }: BarColumns): DataFinding[] {
  let repeated = 0;
  let run = 1;
  let longest = { closes: 1, end: 0 };
  for (let i = 1; i < close.length; i++) {
    if (close[i] === close[i - 1]) {
      repeated++;
      run++;
      if (run > longest.closes) longest = { closes: run, end: i };
    } else run = 1;
  }
  const share = close.length < LEAST_CLOSES ? 0 : repeated / (close.length - 1);
  if (longest.closes < REPEATED_NOTED && share < REPEATED_SHARE_NOTED) return [];
  const refused = longest.closes >= REPEATED_REFUSED || share >= REPEATED_SHARE_REFUSED;
  const [from, to] = [times[longest.end + 1 - longest.closes], times[longest.end]];
  return [
    {
      severity: refused ? 'refuse' : 'note',
      code: 'repeated_prices',
      message:
        `${repeated} of ${symbol}'s ${close.length} closes repeat the one before; the longest run is of ` +
        `${longest.closes}, from ${from} to ${to}`,
      details: { repeated, bars: close.length, longest: longest.closes, from, to },
    },
  ];
}
