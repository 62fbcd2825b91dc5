import ln from '@stdlib/math-base-special-ln';
import type { BarColumns } from './series.ts';
import { describeSplit, likelySplit } from './splits.ts';

/** A price that moved further than is believed. */
export interface ImplausibleMove {
  /** Time of the bar. */
  readonly time: string;
  /** `close_to_close`: from the close before to this bar's. `intra_bar`: from this bar's low to its high. */
  readonly kind: 'close_to_close' | 'intra_bar';
  readonly from: number;
  readonly to: number;
  /** The larger of the two prices over the smaller one. */
  readonly factor: number;
}

/** The setting `largest_move` where nobody changed it. */
export const DEFAULT_LARGEST_MOVE = 3;

/** How far off a split's ratio or a power of ten a move may be to be likened to it, in logs: the market moves that day, too. */
const LIKENESS = 0.113;

/**
 * Bars whose close lies further from the close before, or whose high further from their low, than a factor allows.
 *
 * @param largest a factor above 1
 */
export function implausibleMoves(
  series: Pick<BarColumns, 'times' | 'high' | 'low' | 'close'>,
  largest: number,
): ImplausibleMove[] {
  const { times, high, low, close } = series;
  const moves: ImplausibleMove[] = [];
  for (let i = 0; i < times.length; i++) {
    if (i > 0) {
      const factor = Math.max(close[i] / close[i - 1], close[i - 1] / close[i]);
      if (factor > largest) {
        moves.push({ time: times[i], kind: 'close_to_close', from: close[i - 1], to: close[i], factor });
        continue;
      }
    }
    const factor = high[i] / low[i];
    if (factor > largest)
      moves.push({ time: times[i], kind: 'intra_bar', from: low[i], to: high[i], factor });
  }
  return moves;
}

/** A move in a sentence: the bar, the prices, the rule, and what it looks like. @param largest the factor that it went beyond */
export function describeMove(symbol: string, move: ImplausibleMove, largest: number): string {
  const { time, kind, from, to, factor } = move;
  const moved =
    kind === 'intra_bar'
      ? `the bar of ${time} reaches from ${from} to ${to}`
      : `the close moves from ${from} to ${to} at ${time}`;
  return (
    `${symbol}: ${moved}, by a factor of ${factor.toPrecision(4)}, where ${largest} is the most that is believed` +
    `${likeness(move)}. If it is true, raise the setting largest_move for ${symbol}`
  );
}

function likeness({ kind, from, to, factor }: ImplausibleMove): string {
  if (kind === 'intra_bar') return '';
  const split = likelySplit(to / from, LIKENESS);
  const decimal = [10, 100, 1000].find((power) => Math.abs(ln(factor / power)) <= LIKENESS);
  const looks = [
    ...(split === null ? [] : [describeSplit(split)]),
    ...(decimal === undefined ? [] : [`a price off by a factor of ${decimal}`]),
  ];
  return looks.length === 0 ? '' : `; it looks like ${looks.join(', or ')}`;
}
