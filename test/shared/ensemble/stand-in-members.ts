import type { MemberRegistry } from '../../../src/shared/ensemble/member-registry.ts';
import type { Json } from '../../../src/shared/json.ts';
import type { FittedForecaster, Forecaster, Hyperparameters } from '../../../src/shared/models/forecaster.ts';
import { resumableUnits } from '../../../src/shared/models/resumable/resumable-units.ts';
import { normalQuantile } from '../../../src/shared/numerics/distributions/normal.ts';
import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import type { Series } from '../../../src/shared/series/series.ts';

/** A normal predictive distribution at the 199 levels. */
export function normalForecast(mean: number, scale: number): PredictiveDistribution {
  return {
    mean,
    scale,
    quantiles: Float64Array.from(QUANTILE_LEVELS, (level) => normalQuantile(level, mean, scale)),
  };
}

/** What a stand-in knows when it forecasts bar `bar` of `series`: an honest one looks at bars before it only. */
export type Rule = (
  series: Series,
  bar: number,
  hyperparameters: Hyperparameters,
  fittedBars: number,
) => { mean: number; scale: number };

/** A forecaster without any learning, that follows a rule: quick, and its right answers can be written down. */
export function standIn(
  name: string,
  grid: readonly Hyperparameters[],
  rule: Rule,
  minimumBars = 30,
): Forecaster {
  const fitted = (hyperparameters: Hyperparameters, bars: number): FittedForecaster => ({
    name,
    predict(history, steps = 1) {
      const { mean, scale } = rule(history, history.times.length, hyperparameters, bars);
      return normalForecast(steps * mean, Math.sqrt(steps) * scale);
    },
    predictRange(series, from, to, steps = 1) {
      return Array.from({ length: to - from }, (_, i) => {
        const { mean, scale } = rule(series, from + i, hyperparameters, bars);
        return normalForecast(steps * mean, Math.sqrt(steps) * scale);
      });
    },
    toJSON: () => ({ name, hyperparameters, bars }),
  });
  const forecaster: Forecaster = {
    name,
    grid,
    minimumBars: () => minimumBars,
    fit(series, hyperparameters, { checkpoint }) {
      // Three units, so that a fit can be cut.
      const bars = series.times.length;
      const units = [1, 2, 3].map((unit) => () => unit as Json);
      return resumableUnits<Json, FittedForecaster>(
        units,
        0,
        () => fitted(hyperparameters, bars),
        checkpoint,
      );
    },
    restore(artifact) {
      const { hyperparameters, bars } = artifact as unknown as {
        hyperparameters: Hyperparameters;
        bars: number;
      };
      return fitted(hyperparameters, bars);
    },
  };
  return forecaster;
}

/** Root mean square of the 30 log returns before `bar`. */
export function recentScale(series: Series, bar: number): number {
  const returns = logReturns(series.close.subarray(bar - 30, bar));
  return Math.sqrt(returns.reduce((sum, value) => sum + value * value, 0) / returns.length);
}

/** Two honest stand-ins: their grids scale a recent volatility; the second is cheap enough to be refitted inside test. */
export const standInRegistry: MemberRegistry = {
  LSTM: {
    forecaster: standIn(
      'LSTM',
      [{ factor: 0.5 }, { factor: 1 }, { factor: 2 }],
      (series, bar, { factor }) => ({
        mean: 0.001,
        scale: (factor as number) * recentScale(series, bar),
      }),
    ),
    refittedInsideTest: false,
  },
  ARIMA_GARCH: {
    forecaster: standIn('ARIMA_GARCH', [{ factor: 1 }, { factor: 3 }], (series, bar, { factor }) => ({
      mean: -0.001,
      scale: (factor as number) * recentScale(series, bar),
    })),
    refittedInsideTest: true,
  },
};
