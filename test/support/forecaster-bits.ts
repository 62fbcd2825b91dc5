// The bits of every member and benchmark: run by a test in Node, and as a program in Deno, which prints them.
import { arimaGarch } from '../../src/shared/models/arima-garch/arima-garch.ts';
import { ewma } from '../../src/shared/models/benchmarks/ewma.ts';
import { fhs } from '../../src/shared/models/benchmarks/fhs.ts';
import { har } from '../../src/shared/models/benchmarks/har.ts';
import { historicalSimulation } from '../../src/shared/models/benchmarks/historical-simulation.ts';
import { noChange } from '../../src/shared/models/benchmarks/no-change.ts';
import { type Forecaster, unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { gradientBoosting } from '../../src/shared/models/gradient-boosting/gb.ts';
import { lstm } from '../../src/shared/models/lstm/lstm.ts';
import { transformer } from '../../src/shared/models/transformer/transformer.ts';
import { encodeFloat64 } from '../../src/shared/numerics/float64-codec.ts';
import { sliceSeries } from '../../src/shared/series/series.ts';
import { simulatedSeries } from '../shared/models/simulated-series.ts';

const FORECASTERS: readonly Forecaster[] = [
  {
    ...lstm,
    grid: [
      { hiddenUnits: 4, lookback: 10, learningRate: 0.01, dropout: 0.2, epochs: 2, batchSize: 32 },
      {
        ...{
          hiddenUnits: 12,
          layers: 2,
          lookback: 7,
          learningRate: 0.01,
          dropout: 0.2,
          epochs: 2,
          batchSize: 30,
        },
        ...{ networks: 2, monteCarloPasses: 3 },
      },
    ],
  },
  {
    ...transformer,
    grid: [
      { width: 8, heads: 2, lookback: 10, learningRate: 0.01, dropout: 0.2, epochs: 2, batchSize: 32 },
      {
        ...{ width: 12, heads: 3, blocks: 2, lookback: 7, learningRate: 0.01, dropout: 0.2 },
        ...{ epochs: 2, batchSize: 30, networks: 2, monteCarloPasses: 3 },
      },
    ],
  },
  arimaGarch,
  gradientBoosting,
  fhs,
  noChange,
  historicalSimulation,
  ewma,
  har,
];

/** By forecaster and hyperparameters: the artifact and the quantiles of forecasts of 1, 5 and 20 steps, to the bit. */
export function forecasterBits(): Record<string, string> {
  const series = simulatedSeries(77, 620);
  const fitted = sliceSeries(series, 0, 600);
  const bits: Record<string, string> = {};
  for (const forecaster of FORECASTERS) {
    for (const hyperparameters of forecaster.grid) {
      const fit = forecaster.fit(fitted, hyperparameters, { seed: 5 });
      fit.step(unlimitedBudget);
      const model = fit.result();
      const forecasts = [1, 5, 20].map((steps) => model.predict(series, steps));
      const range = model.predictRange(series, 605, 615);
      bits[`${forecaster.name} ${JSON.stringify(hyperparameters)}`] = JSON.stringify([
        model.toJSON(),
        ...[...forecasts, ...range].map(({ mean, scale, quantiles }) => [
          encodeFloat64(Float64Array.of(mean, scale)),
          encodeFloat64(quantiles),
        ]),
      ]);
    }
  }
  return bits;
}

if ('Deno' in globalThis) console.log(JSON.stringify(forecasterBits()));
