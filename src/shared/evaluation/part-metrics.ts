import { COVERAGE_LEVELS } from '../scores/coverage.ts';
import { baseRate, directionalAccuracy } from '../scores/directional-accuracy.ts';
import { mae } from '../scores/mae.ts';
import { rmse } from '../scores/rmse.ts';
import type { ScoredForecasts } from '../scores/scored-forecasts.ts';
import type { PartMetrics } from './window-result.ts';

/** The scores over a part. @throws RangeError when it has no bar */
export function partMetrics(scored: ScoredForecasts): PartMetrics {
  const { covered, crps, mean, realised } = scored;
  return {
    bars: realised.length,
    rmse: rmse(realised, mean),
    meanAbsoluteError: mae(realised, mean),
    crps: average(crps),
    directionalAccuracy: directionalAccuracy(realised, mean),
    baseRate: baseRate(realised),
    coverage: COVERAGE_LEVELS.map((level, i) => ({ level, share: average(covered[i]) })),
  };
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
