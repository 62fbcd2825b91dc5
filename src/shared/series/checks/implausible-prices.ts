import { more } from '../../wording/more.ts';
import type { DataFinding } from '../data-finding.ts';
import { describeMove, implausibleMoves } from '../implausible-moves.ts';
import type { BarColumns } from '../series.ts';

/** Moves by more than is believed. @param largest the factor */
export function implausiblePrices(bars: BarColumns, largest: number): DataFinding[] {
  const moves = implausibleMoves(bars, largest);
  if (moves.length === 0) return [];
  const [first] = moves;
  return [
    {
      severity: 'refuse',
      code: 'implausible_price',
      message: [describeMove(bars.symbol, first, largest), ...more(moves.length - 1, 'such bar')].join('. '),
      details: { time: first.time, from: first.from, to: first.to, factor: first.factor, bars: moves.length },
    },
  ];
}
