import { scoreBenchmark } from '../../../../src/shared/evaluation/benchmarks.ts';
import type { Forecaster } from '../../../../src/shared/models/forecaster.ts';
import type { SessionPosition } from '../../../../src/shared/series/half-sessions.ts';
import { sessionPositions } from '../../../../src/shared/series/session-positions.ts';
import { type HalfSessionShape, simulatedHalfSessions } from './simulated-half-sessions.ts';

/** Shares of the bars 600 to 1,100 that the 90 % interval covers, by half; of four simulated series. */
export function coveredByHalf(
  forecaster: Forecaster,
  shape: HalfSessionShape = {},
): Record<SessionPosition, number> {
  const hits = { first: 0, second: 0 };
  const bars = { first: 0, second: 0 };
  for (const seed of [1, 2, 3, 4]) {
    const series = simulatedHalfSessions(seed, 1100, shape);
    const { covered: byLevel } = scoreBenchmark(forecaster, series, 600, 600, 1100);
    sessionPositions(series)
      .slice(600)
      .forEach((position, i) => {
        hits[position] += byLevel[2][i];
        bars[position]++;
      });
  }
  return { first: hits.first / bars.first, second: hits.second / bars.second };
}
