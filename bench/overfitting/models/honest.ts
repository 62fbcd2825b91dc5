import { fhs } from '../../../src/shared/models/benchmarks/fhs.ts';
import { noChange } from '../../../src/shared/models/benchmarks/no-change.ts';
import type { Forecaster } from '../../../src/shared/models/forecaster.ts';
import { ordinaryLeastSquares } from '../../../src/shared/numerics/ordinary-least-squares.ts';
import type { FitInput, ZooForecasts, ZooModel } from '../zoo-model.ts';
import { fitForecaster, reshaped } from '../zoo-window.ts';

/** A benchmark of the product, with its own distribution. */
function productBenchmark(name: string, forecaster: Forecaster): ZooModel {
  return {
    name,
    group: 'honest',
    fit({ series }) {
      const fitted = fitForecaster(forecaster, series);
      return (stretch) => fitted.predictRange(stretch.series, stretch.from, stretch.to);
    },
  };
}

/** The mean of all returns before the bar that is forecast. */
const expandingMean: ZooModel = {
  name: 'expanding mean',
  group: 'honest',
  fit: () => (stretch) => {
    let sum = 0;
    for (let bar = 1; bar < stretch.from; bar++) sum += stretch.returns[bar];
    return stretch.fhs.map((forecast, i) => {
      const bar = stretch.from + i;
      const mean = sum / (bar - 1);
      sum += stretch.returns[bar];
      return reshaped(forecast, mean);
    });
  },
};

/** An autoregression with a constant, by least squares on all known returns. */
function autoregression(order: number): Pick<ZooModel, 'fit'> {
  return {
    fit({ returns }) {
      const rows = returns.length - 1 - order;
      const outcome = returns.slice(1 + order);
      const columns = [new Float64Array(rows).fill(1)];
      for (let lag = 1; lag <= order; lag++)
        columns.push(returns.slice(1 + order - lag, returns.length - lag));
      const coefficients = ordinaryLeastSquares(columns, outcome)?.coefficients;
      return (stretch) =>
        stretch.fhs.map((forecast, i) => {
          if (coefficients === undefined) return forecast;
          let mean = coefficients[0];
          for (let lag = 1; lag <= order; lag++) {
            mean += coefficients[lag] * stretch.returns[stretch.from + i - lag];
          }
          return reshaped(forecast, mean);
        });
    },
  };
}

/** Models that have nothing to overfit, or so little that it does not matter. */
export const HONEST_MODELS: readonly ZooModel[] = [
  productBenchmark('no change', noChange),
  expandingMean,
  { name: 'AR(5)', group: 'honest', ...autoregression(5) },
  productBenchmark('FHS', fhs),
];

/** Models of which one is chosen on validation. */
export interface Candidates {
  readonly name: string;
  readonly candidates: readonly ((input: FitInput) => ZooForecasts)[];
}

/** Exponentially weighted volatility with a fixed decay, the shape and the mean of filtered historical simulation. */
function exponentiallyWeighted(decay: number): (input: FitInput) => ZooForecasts {
  return () => (stretch) => {
    let variance = 0;
    for (let bar = 1; bar <= 60; bar++) variance += (stretch.returns[bar] * stretch.returns[bar]) / 60;
    for (let bar = 61; bar < stretch.from; bar++) {
      variance = decay * variance + (1 - decay) * stretch.returns[bar] * stretch.returns[bar];
    }
    return stretch.fhs.map((forecast, i) => {
      const scale = Math.sqrt(variance);
      const move = stretch.returns[stretch.from + i];
      variance = decay * variance + (1 - decay) * move * move;
      // After 60 bars without any move the forecast of the simulation stands.
      return scale > 0 ? reshaped(forecast, forecast.mean, scale / forecast.scale) : forecast;
    });
  };
}

/** Honest tuning: few or similar candidates, chosen by CRPS on validation as the ensemble's are. */
export const TUNED_MODELS: readonly Candidates[] = [
  {
    name: 'AR(p), best of 11 orders',
    candidates: Array.from({ length: 11 }, (_, order) => autoregression(order).fit),
  },
  {
    name: 'EWMA, best of 20 decays',
    candidates: Array.from({ length: 20 }, (_, i) => exponentiallyWeighted(0.8 + 0.01 * i - 0.001)),
  },
];
