import type { Series } from '../../series/series.ts';
import { sessionPositions } from '../../series/session-positions.ts';
import { dividedMoves } from '../divided-moves.ts';
import type { PositionFactors } from './position-factors.ts';

/**
 * The series as it would be if both halves of the session were alike: every bar's moves are divided by its half's
 * factor (see {@link dividedMoves}), and so is its volume. No bar depends on a later one.
 *
 * @param series bars of timeframe `4h`
 */
export function withoutPosition(series: Series, { volatility, volume }: PositionFactors): Series {
  const positions = sessionPositions(series);
  return {
    ...dividedMoves(
      series,
      positions.map((position) => volatility[position]),
    ),
    volume: series.volume.map((value, i) => value / volume[positions[i]]),
  };
}
