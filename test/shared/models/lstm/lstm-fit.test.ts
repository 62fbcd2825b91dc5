import { describe, expect, it } from 'vitest';
import { crpsFromQuantiles } from '../../../../src/shared/evaluation/scores/crps.ts';
import { type Json, unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { lstm } from '../../../../src/shared/models/lstm/lstm.ts';
import { decodeFloat64, encodeFloat64 } from '../../../../src/shared/numerics/float64-codec.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { simulatedSeries } from '../simulated-series.ts';

const hyperparameters = {
  hiddenUnits: 4,
  lookback: 10,
  learningRate: 0.01,
  dropout: 0,
  epochs: 8,
  batchSize: 32,
};
const series = simulatedSeries(11, 500);

function trained(bars: Series, seed = 1, chosen: Record<string, number> = hyperparameters) {
  const fitting = lstm.fit(bars, chosen, { seed });
  fitting.step(unlimitedBudget);
  return fitting;
}

/** Bars whose volatility doubles and halves every ten bars, which the last ten squared returns do not tell in time. */
function alternatingVolatility(bars: number): Series {
  const random = new SeededRandom(5);
  const close = new Float64Array(bars);
  const range = new Float64Array(bars);
  let price = 100;
  for (let i = 0; i < bars; i++) {
    const volatility = i % 20 < 10 ? 0.004 : 0.02;
    price *= Math.exp(volatility * random.normal());
    close[i] = price;
    range[i] = volatility;
  }
  return {
    symbol: 'ALT',
    timeframe: '1D',
    times: Array.from({ length: bars }, (_, i) => `t${String(i).padStart(5, '0')}`),
    open: close.map((value, i) => (i === 0 ? value : close[i - 1])),
    high: close.map((value, i) => Math.max(value, i === 0 ? value : close[i - 1]) * (1 + range[i] / 4)),
    low: close.map((value, i) => Math.min(value, i === 0 ? value : close[i - 1]) * (1 - range[i] / 4)),
    close,
    volume: close.map(() => Number.NaN),
  };
}

describe('an LSTM fit', () => {
  it('learns a volatility that its unit, the weighted squares, follows too slowly', () => {
    const bars = alternatingVolatility(900);
    const returns = logReturns(bars.close);
    const learned = trained(sliceSeries(bars, 0, 700), 1, {
      ...hyperparameters,
      lookback: 20,
      epochs: 30,
    }).result();
    // One epoch at a vanishing learning rate leaves the initial network: volatility known at the cutoff.
    const untrained = trained(sliceSeries(bars, 0, 700), 1, {
      ...hyperparameters,
      lookback: 20,
      epochs: 1,
      learningRate: 1e-6,
    }).result();
    const crps = (forecaster: typeof learned) =>
      forecaster
        .predictRange(bars, 700, 900)
        .reduce((sum, { quantiles }, i) => sum + crpsFromQuantiles(quantiles, returns[699 + i]), 0);
    expect(crps(learned)).toBeLessThan(0.93 * crps(untrained));
  });

  it('keeps the weights of the best epoch, not of the last', () => {
    // Far too large steps make the loss worse from the start, so that the best network is an early one.
    const wild = { ...hyperparameters, learningRate: 0.9, epochs: 12 };
    const fitting = trained(series, 1, wild);
    const state = fitting.checkpoint() as {
      bestEpoch: number;
      epoch: number;
      best: string;
      parameters: string;
    };
    expect(state.bestEpoch).toBeLessThan(state.epoch);
    expect((fitting.result().toJSON() as { parameters: string }).parameters).toBe(state.best);
    expect(state.best).not.toBe(state.parameters);
  });

  it('stops four epochs after the best one', () => {
    const fitting = trained(series, 1, { ...hyperparameters, learningRate: 0.9, epochs: 100 });
    const state = fitting.checkpoint() as { bestEpoch: number; epoch: number };
    expect(state.epoch).toBe(state.bestEpoch + 4);
  });

  it('depends on its seed', () => {
    expect(trained(series, 1).result().toJSON()).not.toEqual(trained(series, 2).result().toJSON());
  });

  it('works at least one batch in a step whose budget has expired', () => {
    const fitting = lstm.fit(series, hyperparameters, { seed: 1 });
    expect(fitting.step({ expired: () => true })).toBe(false);
    expect(fitting.progress()).toBeGreaterThan(0);
  });

  it('ends with symbol and epoch when its weights are no longer finite', () => {
    const fitting = lstm.fit(series, hyperparameters, { seed: 1 });
    for (let i = 0; i < 20; i++) fitting.step({ expired: () => true });
    const checkpoint = fitting.checkpoint() as Record<string, Json>;
    const broken = encodeFloat64(decodeFloat64(checkpoint.parameters as string).fill(Number.NaN));
    const resumed = lstm.fit(series, hyperparameters, {
      seed: 1,
      checkpoint: { ...checkpoint, parameters: broken },
    });
    expect(() => resumed.step(unlimitedBudget)).toThrow(
      expect.objectContaining({
        code: 'not_finite',
        message: expect.stringMatching(/SIM11.*epoch 2/),
        details: { symbol: 'SIM11', epoch: 2 },
      }),
    );
  });

  it('refuses the checkpoint of another network', () => {
    const checkpoint = lstm.fit(series, hyperparameters, { seed: 1 }).checkpoint();
    expect(() => lstm.fit(series, { ...hyperparameters, hiddenUnits: 5 }, { seed: 1, checkpoint })).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});

describe('LSTM hyperparameters', () => {
  it.each([
    ['hiddenUnits', 0],
    ['hiddenUnits', 1.5],
    ['lookback', 500],
    ['learningRate', 0],
    ['dropout', 1],
    ['epochs', -1],
    ['batchSize', Number.NaN],
  ])('refuse %s of %s, naming value and rule', (name, value) => {
    expect(() => lstm.fit(series, { ...hyperparameters, [name]: value }, { seed: 1 })).toThrow(
      expect.objectContaining({
        code: 'invalid_hyperparameters',
        message: expect.stringContaining(`${name} is ${value}`),
      }),
    );
  });

  it('of the grid are all valid', () => {
    for (const entry of lstm.grid) expect(lstm.minimumBars(entry)).toBeLessThanOrEqual(250);
  });
});

describe('a fitted LSTM', () => {
  const fitted = trained(sliceSeries(series, 0, 400)).result();

  it('takes the residuals of bars after its cutoff into its quantiles', () => {
    const crash: Series = { ...series, close: series.close.slice() };
    crash.close[420] *= 0.7;
    const calm = fitted.predict(sliceSeries(series, 0, 450));
    const shaken = fitted.predict(sliceSeries(crash, 0, 450));
    const lowest = (forecast: typeof calm) => (forecast.quantiles[0] - forecast.mean) / forecast.scale;
    expect(lowest(shaken)).toBeLessThan(lowest(calm));
  });

  it('lets variance return to its mean over several steps', () => {
    const { longRun } = longRunScale(fitted.toJSON());
    for (const end of [410, 430, 470, 500]) {
      const history = sliceSeries(series, 0, end);
      const first = fitted.predict(history).scale;
      const perStep = fitted.predict(history, 20).scale / Math.sqrt(20);
      expect(perStep).toBeGreaterThanOrEqual(Math.min(first, longRun) * (1 - 1e-12));
      expect(perStep).toBeLessThanOrEqual(Math.max(first, longRun) * (1 + 1e-12));
    }
  });

  it('refuses an artifact with too few parameters', () => {
    const artifact = fitted.toJSON() as Record<string, Json>;
    expect(() => lstm.restore({ ...artifact, parameters: encodeFloat64(new Float64Array(3)) })).toThrow(
      expect.objectContaining({ code: 'invalid_artifact', message: expect.stringContaining('3 parameters') }),
    );
  });
});

function longRunScale(artifact: Json): { longRun: number } {
  const [, variance] = decodeFloat64((artifact as { horizon: string }).horizon);
  return { longRun: Math.sqrt(variance) };
}
