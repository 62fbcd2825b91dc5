import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/shared/json.ts';
import { unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { lstm } from '../../../../src/shared/models/lstm/lstm.ts';
import { decodeFloat32, encodeFloat32 } from '../../../../src/shared/numerics/float32-codec.ts';
import { decodeFloat64 } from '../../../../src/shared/numerics/float64-codec.ts';
import { crpsFromQuantiles } from '../../../../src/shared/scores/crps.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { delayedVolatility } from '../networks/delayed-volatility.ts';
import {
  type NetworkCheckpoint,
  type TrainingCheckpoint,
  trainingUnderWay,
  withTraining,
} from '../networks/network-checkpoint.ts';
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

describe('an LSTM fit', () => {
  it('learns from a bar further back what its unit, the linear path, does not see', () => {
    const bars = delayedVolatility(1200);
    const returns = logReturns(bars.close);
    const crps = (chosen: Record<string, number>) =>
      trained(sliceSeries(bars, 0, 1000), 1, { ...hyperparameters, hiddenUnits: 8, lookback: 6, ...chosen })
        .result()
        .predictRange(bars, 1000, 1200)
        .reduce((sum, { quantiles }, i) => sum + crpsFromQuantiles(quantiles, returns[999 + i]), 0);
    // One epoch at a vanishing learning rate leaves the initial network: the linear path.
    const untrained = crps({ epochs: 1, learningRate: 1e-6 });
    expect(crps({ epochs: 60, hiddenUnits: 16, learningRate: 0.02 })).toBeLessThan(0.97 * untrained);
  });

  it('keeps the weights of the best epoch, not of the last, and stops four epochs after it', () => {
    // Far too large steps make the loss worse from the start, so that the best network is an early one.
    const wild = { ...hyperparameters, learningRate: 0.9, epochs: 100 };
    const fitting = lstm.fit(series, wild, { seed: 1 });
    let last: TrainingCheckpoint | null = null;
    while (!fitting.step({ expired: () => true })) {
      last = trainingUnderWay(fitting.checkpoint()) ?? last;
    }
    expect(last?.epoch).toBe(last!.bestEpoch + 3);
    expect(networksOf(fitting.result())).toEqual([last!.best]);
    expect(last!.best).not.toBe(last!.parameters);
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
    const checkpoint = fitting.checkpoint();
    const { parameters } = trainingUnderWay(checkpoint)!;
    const broken = encodeFloat32(decodeFloat32(parameters).fill(Number.NaN));
    const resumed = lstm.fit(series, hyperparameters, {
      seed: 1,
      checkpoint: withTraining(checkpoint, { parameters: broken }),
    });
    expect(() => resumed.step(unlimitedBudget)).toThrow(
      expect.objectContaining({
        code: 'not_finite',
        message: expect.stringMatching(/SIM11.*epoch 2/),
        details: { symbol: 'SIM11', epoch: 2 },
      }),
    );
  });

  it('cut anywhere, with dropout, several networks and passes, ends in the same bits', () => {
    const chosen = {
      ...hyperparameters,
      layers: 2,
      dropout: 0.3,
      networks: 2,
      monteCarloPasses: 3,
      epochs: 3,
    };
    const through = trained(series, 7, chosen).result().toJSON();
    let fitting = lstm.fit(series, chosen, { seed: 7 });
    let steps = 1;
    while (!fitting.step({ expired: () => true })) {
      const checkpoint = JSON.parse(JSON.stringify(fitting.checkpoint())) as Json;
      fitting = lstm.fit(series, chosen, { seed: 7, checkpoint });
      steps++;
    }
    expect(steps).toBeGreaterThan(60);
    expect(fitting.result().toJSON()).toEqual(through);
  });

  it('goes on with its own bits when another fit takes the kernel between its steps', () => {
    const alone = trained(series).result().toJSON();
    const fitting = lstm.fit(series, hyperparameters, { seed: 1 });
    const other = lstm.fit(simulatedSeries(12, 400), { ...hyperparameters, hiddenUnits: 8 }, { seed: 2 });
    let [done, otherDone] = [false, false];
    while (!done) {
      done = fitting.step({ expired: () => true });
      if (!otherDone) otherDone = other.step({ expired: () => true });
    }
    expect(fitting.result().toJSON()).toEqual(alone);
  });

  describe('given a checkpoint', () => {
    const begun = lstm.fit(series, { ...hyperparameters, networks: 2 }, { seed: 1 });
    const checkpoint = () => begun.checkpoint() as NetworkCheckpoint;
    let midway = checkpoint();
    while (!begun.step({ expired: () => true })) {
      const state = checkpoint();
      if (trainingUnderWay(state) !== null && state.fit.running!.done.length === 1) midway = state;
    }
    const late = checkpoint();
    const resume = (checkpoint: Json, bars = series, seed = 1, chosen: object = {}) =>
      lstm.fit(bars, { ...hyperparameters, networks: 2, ...chosen }, { seed, checkpoint });
    const training = (changes: { readonly [field: string]: Json }) => withTraining(midway, changes);
    /** With other networks, trained so far, and forecasts. */
    const holding = (networks: readonly Json[], forecasts: readonly Json[] | null) => {
      const { running } = midway.fit;
      const fit =
        forecasts === null
          ? { done: [], running: { ...running, done: networks } }
          : { done: [{ done: networks, running: null }], running: { done: forecasts, running: null } };
      return { ...midway, fit };
    };
    const [networks, forecasts] = late.fit.done.map((part) => (part as { done: readonly Json[] }).done);
    const refused = (fit: () => unknown) =>
      expect(fit).toThrow(expect.objectContaining({ name: 'FitError', code: 'invalid_artifact' }));

    it('resumes its own', () => {
      expect(resume(late).step({ expired: () => true })).toBe(true);
      expect(resume(midway).progress()).toBeGreaterThan(0.5);
    });

    it('refuses that of another seed, series or choice', () => {
      refused(() => resume(midway, series, 2));
      refused(() => resume(midway, simulatedSeries(12, 500)));
      refused(() => resume(late, sliceSeries(series, 0, 450)));
      refused(() => resume(midway, series, 1, { learningRate: 0.02 }));
    });

    it.each([
      ['is no object', 'midway'],
      ['says nothing of what it is of', { ...midway, of: null }],
      ['says nothing of the fit', { of: midway.of }],
      ['holds too many networks', holding([...networks, networks[0]], null)],
      ['holds a network of another size', holding(['AAAA'], null)],
      ['holds text that is no number', holding(['?'], null)],
      ['holds forecasts before all is trained', holding(networks.slice(0, 1), forecasts)],
      ['holds more forecasts than bars', holding(networks, [...forecasts, forecasts[0]])],
      ['holds forecasts of other bars', holding(networks, [forecasts[forecasts.length - 1]])],
      ['holds forecasts that are no numbers', holding(networks, [{ means: '?', scales: '?' }])],
      ['lacks the epoch', training({ epoch: null })],
      ['has an epoch as text', training({ epoch: '1' })],
      ['has a batch that there is not', training({ batch: 1e9 })],
      ['has a negative batch', training({ batch: -1 })],
      ['lacks its scalars', training({ scalars: '' })],
      ['lacks weights', training({ parameters: null })],
      ['has weights of another size', training({ best: encodeFloat32(new Float32Array(4)) })],
    ])('refuses one that %s', (_what, checkpoint) => {
      refused(() => resume(checkpoint as Json));
    });
  });

  it('refuses training bars that do not move', () => {
    const flat = { ...series, close: series.close.map((value, i) => (i < 440 ? 7 : value)) };
    expect(() => trained(flat)).toThrow(
      expect.objectContaining({ code: 'constant_series', message: expect.stringContaining('SIM11') }),
    );
  });

  it('refuses the checkpoint of another network', () => {
    const begun = lstm.fit(series, hyperparameters, { seed: 1 });
    begun.step({ expired: () => true });
    const checkpoint = begun.checkpoint();
    expect(() => lstm.fit(series, { ...hyperparameters, hiddenUnits: 8 }, { seed: 1, checkpoint })).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});

describe('LSTM hyperparameters', () => {
  it.each([
    ['hiddenUnits', 0],
    ['hiddenUnits', 6],
    ['layers', 4],
    ['networks', 0],
    ['monteCarloPasses', 1.5],
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

  it('refuse a batch that would not fit the memory, passes without dropout, and names they do not know', () => {
    const refused = (chosen: Record<string, number>) =>
      expect(() => lstm.fit(series, { ...hyperparameters, ...chosen }, { seed: 1 })).toThrow(
        expect.objectContaining({ code: 'invalid_hyperparameters' }),
      );
    refused({ hiddenUnits: 64, layers: 2, lookback: 60, batchSize: 256 });
    refused({ monteCarloPasses: 10, dropout: 0 });
    refused({ hiddenUnit: 8 });
    refused({ hiddenUnits: 64, layers: 2, lookback: 60, networks: 4, batchSize: 32 });
    refused({ hiddenUnits: 64, layers: 2, lookback: 60, dropout: 0.2, monteCarloPasses: 50, batchSize: 32 });
  });

  it('of the grid are all valid, and so is the size of the system that this one replaces', () => {
    const legacy = {
      ...{ hiddenUnits: 64, layers: 2, lookback: 60, learningRate: 0.001, dropout: 0.2 },
      ...{ epochs: 12, batchSize: 32, networks: 1 },
    };
    for (const entry of [...lstm.grid, legacy]) {
      expect(lstm.minimumBars(entry)).toBeLessThanOrEqual(250);
    }
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
    expect(() => lstm.restore({ ...artifact, networks: [encodeFloat32(new Float32Array(3))] })).toThrow(
      expect.objectContaining({ code: 'invalid_artifact', message: expect.stringContaining('3 parameters') }),
    );
  });
});

describe('several networks and passes with dropout', () => {
  const history = sliceSeries(series, 0, 450);

  it('make the mixture of what each alone forecasts', () => {
    const two = trained(series, 3, { ...hyperparameters, networks: 2 }).result();
    const artifact = two.toJSON() as Record<string, Json>;
    const single = (n: number) =>
      lstm.restore({
        ...artifact,
        hyperparameters: { ...(artifact.hyperparameters as object), networks: 1 },
        networks: [networksOf(two)[n]],
      });
    const [a, b] = [single(0).predict(history), single(1).predict(history)];
    const both = two.predict(history);
    expect(a.mean).not.toBe(b.mean);
    expect(both.mean).toBeCloseTo((a.mean + b.mean) / 2, 12);
    const spread = ((a.mean - b.mean) / 2) ** 2;
    expect(both.scale ** 2).toBeCloseTo((a.scale ** 2 + b.scale ** 2) / 2 + spread, 12);
  });

  it('differ with Monte-Carlo dropout, by little, and draw the same wherever the series starts', () => {
    const chosen = { ...hyperparameters, dropout: 0.3, epochs: 3 };
    const plain = trained(series, 3, chosen).result().predict(history);
    const fitted = trained(series, 3, { ...chosen, monteCarloPasses: 40 }).result();
    const passes = fitted.predict(history);
    expect(passes.scale).not.toBe(plain.scale);
    // A second pass has masks of its own.
    const [once, twice] = [1, 2].map((n) => trained(series, 3, { ...chosen, monteCarloPasses: n }).result());
    expect(twice.predict(history).mean).not.toBe(once.predict(history).mean);
    expect(Math.abs(passes.scale / plain.scale - 1)).toBeLessThan(0.1);
    // But for the linear path, which a later start knows less of; other masks would be another mean altogether.
    const later = [plain, passes].map(({ scale }, i) => {
      const of = [trained(series, 3, chosen).result(), fitted][i].predict(sliceSeries(series, 50, 450));
      return of.scale / scale;
    });
    expect(later[1] / later[0]).toBeCloseTo(1, 2);
    expect(fitted.predictRange(series, 448, 452)[2].scale).toBe(passes.scale);
  });
});

describe('a fit with companions', () => {
  const own = sliceSeries(series, 0, 400);
  const companion = sliceSeries(simulatedSeries(21, 500), 0, 400);
  const fitWith = (companions: readonly Series[]) => {
    const fitting = lstm.fit(own, hyperparameters, { seed: 1, companions });
    fitting.step(unlimitedBudget);
    return fitting.result();
  };

  it('learns one network from all of them, each standardised by itself', () => {
    const together = fitWith([companion]);
    const artifact = together.toJSON() as { trainedOn: string[]; scaling: string };
    expect(artifact.trainedOn).toEqual(['SIM11', 'SIM21']);
    expect(artifact.scaling).toBe((fitWith([]).toJSON() as { scaling: string }).scaling);
    expect(networksOf(together)).not.toEqual(networksOf(fitWith([])));
    const scaled = { ...companion, ...scaledPrices(companion, 1024) };
    expect(networksOf(fitWith([scaled]))).toEqual(networksOf(together));
  });

  it('leaves out its own symbol and companions that are too short or do not move, and says so', () => {
    const short = sliceSeries(companion, 300, 400);
    const flat = {
      ...companion,
      symbol: 'FLAT',
      close: companion.close.map((price, i) => (i < 395 ? 7 : price)),
    };
    const artifact = fitWith([own, short, flat]).toJSON() as { trainedOn: string[] };
    expect(artifact.trainedOn).toEqual(['SIM11']);
  });

  it('refuses a companion with a bar after the cutoff', () => {
    expect(() => fitWith([sliceSeries(simulatedSeries(21, 500), 0, 401)])).toThrow(
      expect.objectContaining({ code: 'companion_beyond_cutoff' }),
    );
  });

  it('trains on no bar of a companion that the series keeps for stopping', () => {
    // The stopping part of 400 bars begins at bar 349: what a companion does after it moves no weight of the first epochs.
    const firstEpoch = (other: Series) => {
      const fitting = lstm.fit(own, { ...hyperparameters, epochs: 1 }, { seed: 1, companions: [other] });
      let training: TrainingCheckpoint | null = null;
      while (!fitting.step({ expired: () => true })) {
        training = trainingUnderWay(fitting.checkpoint()) ?? training;
      }
      return training!.parameters;
    };
    const changed = (from: number) => {
      const close = companion.close.map((value, i) => (i >= from ? value * (1.02 + 0.01 * (i % 3)) : value));
      return { ...companion, close, high: close.map((value, i) => Math.max(value, companion.high[i])) };
    };
    expect(firstEpoch(changed(350))).toBe(firstEpoch(companion));
    expect(firstEpoch(changed(300))).not.toBe(firstEpoch(companion));
  });
});

function networksOf(fitted: { toJSON(): Json }): string[] {
  return (fitted.toJSON() as { networks: string[] }).networks;
}

function scaledPrices({ open, high, low, close }: Series, by: number): Partial<Series> {
  const scaled = (prices: Float64Array) => prices.map((price) => price * by);
  return { open: scaled(open), high: scaled(high), low: scaled(low), close: scaled(close) };
}

function longRunScale(artifact: Json): { longRun: number } {
  const [, variance] = decodeFloat64((artifact as { horizon: string }).horizon);
  return { longRun: Math.sqrt(variance) };
}
