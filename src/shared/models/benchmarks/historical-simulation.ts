import type { Json } from '../../json.ts';
import type { PredictiveDistribution } from '../../numerics/distributions/predictive-distribution.ts';
import { logReturns } from '../../series/log-returns.ts';
import { requireFitSeries, requireHistory } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import { distributionFromResiduals, ResidualPool } from '../empirical-residuals.ts';
import type { FittedForecaster, Forecaster } from '../forecaster.ts';
import { requireArtifact } from '../require-artifact.ts';
import { requireHyperparameters } from '../require-hyperparameters.ts';
import { requireRange, requireSteps } from '../require-steps.ts';
import { resumableUnits } from '../resumable/resumable-units.ts';

const NAME = 'HISTORICAL_SIMULATION';
const MINIMUM_BARS = 250;

/**
 * Historical simulation: the next return is like one of the last 1,000.
 *
 * Mean, standard deviation and quantiles are those of the last 1,000 log returns; over several steps the mean grows with
 * the steps and the distance from it with their root. There is nothing to fit and no hyperparameter; the seed is not used.
 */
export const historicalSimulation: Forecaster = {
  name: NAME,
  grid: [{}],
  minimumBars: () => MINIMUM_BARS,
  fit(series, hyperparameters, { checkpoint }) {
    requireHyperparameters(NAME, hyperparameters, {});
    requireFitSeries(series, MINIMUM_BARS);
    return resumableUnits<Json, FittedForecaster>([(state) => state], null, () => fitted, checkpoint);
  },
  restore(artifact) {
    requireArtifact(artifact, NAME, 1);
    return fitted;
  },
};

const fitted: FittedForecaster = {
  name: NAME,
  predict(history: Series, steps = 1): PredictiveDistribution {
    requireSteps(steps);
    const bars = history.close.length;
    requireHistory(history, bars, MINIMUM_BARS);
    return forecasts(logReturns(history.close), bars, bars + 1, steps)[0];
  },
  predictRange(series: Series, from: number, to: number, steps = 1): PredictiveDistribution[] {
    requireSteps(steps);
    requireRange(from, to, series.close.length);
    if (from === to) return [];
    requireHistory(series, from, MINIMUM_BARS);
    requireHistory(series, to - 1, MINIMUM_BARS);
    return forecasts(logReturns(series.close.subarray(0, to - 1)), from, to, steps);
  },
  toJSON: () => ({ name: NAME, version: 1 }),
};

/** Forecasts of the bars `from` to `to` - 1; before bar i there are i - 1 returns. */
function forecasts(returns: Float64Array, from: number, to: number, steps: number): PredictiveDistribution[] {
  const pool = new ResidualPool(undefined, returns.subarray(0, from - 1));
  return Array.from({ length: to - from }, (_, i) => {
    if (i > 0) pool.push(returns[from + i - 2]);
    const sorted = pool.sorted();
    const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    const variance = sorted.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / sorted.length;
    const scale = Math.sqrt(variance);
    const residuals = sorted.map((value) => (value - mean) / scale);
    return distributionFromResiduals(steps * mean, Math.sqrt(steps) * scale, residuals);
  });
}
