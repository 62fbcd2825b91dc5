import type { DataFinding } from '../data-finding.ts';
import { describeMove, implausibleMoves } from '../implausible-moves.ts';
import type { BarColumns } from '../series.ts';

/** Moves by more than is believed. @param largest the factor */
export function implausiblePrices(bars: BarColumns, largest: number): DataFinding[] {
  const moves = implausibleMoves(bars, largest);
  if (moves.length === 0) return [];
  const [first] = moves;
  const others = moves.length - 1;
  const more =
    others === 0 ? '' : `. There ${others === 1 ? 'is 1 more such bar' : `are ${others} more such bars`}`;
  return [
    {
      severity: 'refuse',
      code: 'implausible_price',
      message: `${describeMove(bars.symbol, first, largest)}${more}`,
      details: { time: first.time, from: first.from, to: first.to, factor: first.factor, bars: moves.length },
    },
  ];
}
