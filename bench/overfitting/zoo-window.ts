import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { benchmarkMinimumBars } from '../../src/shared/evaluation/benchmarks.ts';
import type { Window } from '../../src/shared/evaluation/rolling-windows.ts';
import { fhs } from '../../src/shared/models/benchmarks/fhs.ts';
import {
  type FittedForecaster,
  type Forecaster,
  unlimitedBudget,
} from '../../src/shared/models/forecaster.ts';
import type { PredictiveDistribution } from '../../src/shared/numerics/distributions/predictive-distribution.ts';
import { crpsFromQuantiles } from '../../src/shared/scores/crps.ts';
import { logReturns } from '../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../src/shared/series/series.ts';

/** By what the log moves of the test bars are multiplied: as they were, halved, doubled. */
export const TEST_VOLATILITIES = [1, 0.5, 2] as const;
export type TestVolatility = (typeof TEST_VOLATILITIES)[number];

/** A stretch of consecutive bars to forecast, each from what lies before it. */
export interface Stretch {
  /** The window's bars, its first one the window's. Only a leak looks at bar i or later when it forecasts bar i. */
  readonly series: Series;
  /** `returns[i]` is the log return into bar i; that of bar 0 is 0. */
  readonly returns: Float64Array;
  /** Bars that were known when the models were fitted: all before `fitBars`. */
  readonly fitBars: number;
  readonly from: number;
  /** One past the last. */
  readonly to: number;
  /** Filtered historical simulation's forecasts of the bars `from` to `to` - 1, fitted on the same bars. */
  readonly fhs: readonly PredictiveDistribution[];
}

/** A rolling-origin window as the zoo's models see it. */
export interface ZooWindow {
  readonly symbol: string;
  readonly windowId: number;
  /** Time of the last bar before test; seeds derive from it, so that they do not depend on what else is run. */
  readonly cutoffTime: string;
  /** Bars of train, of train and validation, and of all three. */
  readonly trainBars: number;
  readonly fitBars: number;
  readonly bars: number;
  /** Bars before the first one that is scored. */
  readonly firstScored: number;
  /** Train and validation, forecast by fits on train. */
  readonly past: Stretch;
  /** Test by its volatility, forecast by fits on train and validation. */
  readonly test: Readonly<Record<TestVolatility, Stretch>>;
}

/**
 * Prepares a window of a series: the bars, the test bars with volatility halved and doubled, and the benchmark's forecasts.
 *
 * @throws FitError as the benchmark's fit
 */
export function zooWindow(whole: Series, window: Window): ZooWindow {
  const series = sliceSeries(whole, window.trainFrom, window.end);
  const trainBars = window.validationFrom - window.trainFrom;
  const fitBars = window.testFrom - window.trainFrom;
  const bars = window.end - window.trainFrom;
  const firstScored = benchmarkMinimumBars();
  const fittedOnTrain = fitForecaster(fhs, sliceSeries(series, 0, trainBars));
  const fittedOnBoth = fitForecaster(fhs, sliceSeries(series, 0, fitBars));
  const test = (volatility: TestVolatility) =>
    stretch(scaleMoves(series, fitBars, volatility), fitBars, fitBars, bars, fittedOnBoth);
  return {
    symbol: series.symbol,
    windowId: window.windowId,
    cutoffTime: series.times[fitBars - 1],
    trainBars,
    fitBars,
    bars,
    firstScored,
    past: stretch(series, trainBars, firstScored, fitBars, fittedOnTrain),
    test: { 1: test(1), 0.5: test(0.5), 2: test(2) },
  };
}

/** The fitted forecaster of a series, with the first entry of its grid. */
export function fitForecaster(forecaster: Forecaster, series: Series): FittedForecaster {
  const fit = forecaster.fit(series, forecaster.grid[0], { seed: 0 });
  fit.step(unlimitedBudget);
  return fit.result();
}

/**
 * A series whose log moves (from the close before to open, high, low and close) are multiplied by `factor` from the bar `from`
 * on: as if that stretch had been calmer or stormier, in the same order of ups and downs.
 */
export function scaleMoves(series: Series, from: number, factor: number): Series {
  if (factor === 1) return series;
  const scaled = {
    ...series,
    open: series.open.slice(),
    high: series.high.slice(),
    low: series.low.slice(),
    close: series.close.slice(),
  };
  for (let bar = from; bar < series.close.length; bar++) {
    const before = series.close[bar - 1];
    for (const column of ['open', 'high', 'low', 'close'] as const) {
      scaled[column][bar] = scaled.close[bar - 1] * exp(factor * ln(series[column][bar] / before));
    }
  }
  return scaled;
}

function stretch(
  series: Series,
  fitBars: number,
  from: number,
  to: number,
  fitted: FittedForecaster,
): Stretch {
  const known = sliceSeries(series, 0, to);
  const returns = new Float64Array(to);
  returns.set(logReturns(known.close), 1);
  return { series: known, returns, fitBars, from, to, fhs: fitted.predictRange(known, from, to) };
}

/** A model's forecasts of a stretch and what they cost, bar by bar. */
export interface StretchScores {
  readonly squaredErrors: Float64Array;
  readonly crps: Float64Array;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Scores forecasts of a stretch, one a bar. */
export function scoreStretch(
  { returns, from }: Stretch,
  forecasts: readonly PredictiveDistribution[],
): StretchScores {
  return {
    squaredErrors: Float64Array.from(forecasts, ({ mean }, i) => {
      const error = returns[from + i] - mean;
      return error * error;
    }),
    crps: Float64Array.from(forecasts, ({ quantiles }, i) => crpsFromQuantiles(quantiles, returns[from + i])),
    mean: Float64Array.from(forecasts, ({ mean }) => mean),
    scale: Float64Array.from(forecasts, ({ scale }) => scale),
  };
}

/** A distribution moved so that its mean is `mean`, and drawn out around it by `factor`. */
export function reshaped(
  distribution: PredictiveDistribution,
  mean: number,
  factor = 1,
): PredictiveDistribution {
  const { mean: before, scale, quantiles } = distribution;
  return {
    mean,
    scale: factor * scale,
    quantiles: quantiles.map((quantile) => mean + factor * (quantile - before)),
  };
}
