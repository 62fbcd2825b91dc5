import type { DataFinding } from '../data-finding.ts';
import type { BarColumns } from '../series.ts';

/** Closes in a row that are those of earlier bars, from which on rows were copied. Real series repeat four at most. */
const COPIED = 10;
/** How many of these closes differ at least: a price with few values repeats itself without being copied. */
const LEAST_DISTINCT = 8;
/** A close that is there more often says nothing of where a bar is from. */
const MOST_COMMON = 100;

interface Run {
  /** Ordinals of the last bar of the copy and of what it is a copy of. */
  readonly end: number;
  readonly original: number;
  readonly bars: number;
}

/**
 * Bars that are copies of earlier ones: a block of rows whose closes come again is refused; a single bar with all its prices and its
 * volume is noted.
 */
export function repeatedRows(bars: BarColumns): DataFinding[] {
  const { symbol, times, close } = bars;
  const places = new Map<number, number[]>();
  /** Of the bar before: how many closes up to it are those up to an earlier one, by that one's ordinal. */
  let runs = new Map<number, number>();
  let longest: Run | undefined;
  const whole: Run[] = [];
  for (let i = 0; i < close.length; i++) {
    const earlier = places.get(close[i]) ?? [];
    const next = new Map<number, number>();
    if (earlier.length <= MOST_COMMON) {
      for (const j of earlier) {
        const length = (runs.get(j - 1) ?? 0) + 1;
        next.set(j, length);
        if (length > (longest?.bars ?? COPIED - 1) && isTelling(close, i, length))
          longest = { end: i, original: j, bars: length };
        if (isSameRow(bars, i, j)) whole.push({ end: i, original: j, bars: 1 });
      }
    }
    runs = next;
    earlier.push(i);
    places.set(close[i], earlier);
  }

  if (longest !== undefined) {
    const { end, original, bars: length } = longest;
    const [from, to] = [times[end - length + 1], times[end]];
    const [ofFrom, ofTo] = [times[original - length + 1], times[original]];
    return [
      {
        severity: 'refuse',
        code: 'repeated_rows',
        message: `${symbol}: the ${length} closes from ${from} to ${to} are those from ${ofFrom} to ${ofTo} again: rows were copied. Give each session its own prices`,
        details: { from, to, original_from: ofFrom, original_to: ofTo, bars: length },
      },
    ];
  }
  if (whole.length === 0) return [];
  const [{ end, original }] = whole;
  return [
    {
      severity: 'note',
      code: 'repeated_rows',
      message: `${symbol}: ${whole.length === 1 ? 'a bar repeats' : `${whole.length} bars repeat`} an earlier one with all its prices and its volume, such as ${times[end]} that of ${times[original]}`,
      details: { time: times[end], original: times[original], bars: whole.length },
    },
  ];
}

function isTelling(close: Float64Array, end: number, length: number): boolean {
  return new Set(close.subarray(end - length + 1, end + 1)).size >= LEAST_DISTINCT;
}

/** A bar without a range, or without a volume, repeats itself where nothing was traded. */
function isSameRow({ open, high, low, close, volume }: BarColumns, a: number, b: number): boolean {
  return (
    volume[a] > 0 &&
    volume[a] === volume[b] &&
    high[a] > low[a] &&
    high[a] === high[b] &&
    low[a] === low[b] &&
    open[a] === open[b] &&
    close[a] === close[b]
  );
}
