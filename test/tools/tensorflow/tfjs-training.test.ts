import { beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/shared/json.ts';
import { type Forecaster, unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { lstm } from '../../../src/shared/models/lstm/lstm.ts';
import { parseLstmHyperparameters } from '../../../src/shared/models/lstm/lstm-hyperparameters.ts';
import { lstmNetworks } from '../../../src/shared/models/lstm/lstm-networks.ts';
import { networkShape } from '../../../src/shared/models/lstm/network-shape.ts';
import { NetworkTraining } from '../../../src/shared/models/networks/network-training.ts';
import { collectTrainingData } from '../../../src/shared/models/networks/training-data.ts';
import { decodeFloat32 } from '../../../src/shared/numerics/float32-codec.ts';
import { sliceSeries } from '../../../src/shared/series/series.ts';
import { tf, useTfjsBackend } from '../../../tools/tensorflow/tfjs.ts';
import { createTfjsLstm } from '../../../tools/tensorflow/tfjs-lstm.ts';
import { TfjsTraining, trainWithTfjs } from '../../../tools/tensorflow/tfjs-training.ts';
import { delayedVolatility } from '../../shared/models/networks/delayed-volatility.ts';

/** There is something to learn, so that the networks are not the initial one. */
const series = delayedVolatility(300);
const small = { hiddenUnits: 4, lookback: 6, learningRate: 0.01, dropout: 0, epochs: 2, batchSize: 32 };

beforeAll(() => useTfjsBackend('cpu'));

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}

/** One network's training with the kernel and what TensorFlow.js is given for the same. */
function problem(hyperparameters: Record<string, number>) {
  const parsed = parseLstmHyperparameters(hyperparameters);
  const { samples } = collectTrainingData(series, [], parsed.lookback);
  const shape = networkShape(parsed);
  const kernel = new NetworkTraining(lstmNetworks, parsed, 'SIM51', samples, 7);
  return { kernel, args: ['SIM51', shape, samples, parsed, 7] as const };
}

describe('training by TensorFlow.js and by the kernel', () => {
  it.each([
    ['one layer', small],
    ['two layers with dropout', { ...small, layers: 2, dropout: 0.3 }],
    ['long steps, so that gradients are clipped', { ...small, learningRate: 0.1, batchSize: 64 }],
  ])('ends in the same weights to 3e-5 after an epoch and after two: %s', (_name, hyperparameters) => {
    const { kernel, args } = problem(hyperparameters);
    const training = new TfjsTraining(...args);
    const start = training.parameters();
    for (let epoch = 1; epoch <= 2; epoch++) {
      training.trainEpoch();
      let state: { epoch: number; parameters: string };
      do {
        kernel.step({ expired: () => true });
        state = kernel.checkpoint() as typeof state;
      } while (state.epoch < epoch);
      const difference = largestDifference(training.parameters(), decodeFloat32(state.parameters));
      expect(difference).toBeLessThan(3e-5);
    }
    expect(largestDifference(training.parameters(), start)).toBeGreaterThan(0.02);
    training.dispose();
  });

  it('stops early at the same epoch, with the best weights', () => {
    const { kernel, args } = problem({ ...small, learningRate: 0.3, epochs: 30 });
    kernel.step(unlimitedBudget);
    const { epoch } = kernel.checkpoint() as { epoch: number };
    expect(epoch).toBeLessThan(30);
    const trained = trainWithTfjs(...args);
    expect(trained.epochs).toBe(epoch);
    expect(largestDifference(trained.parameters, kernel.result())).toBeLessThan(1e-2);
  });

  it('keeps no tensor when it is disposed', () => {
    const { args } = problem({ ...small, layers: 2, dropout: 0.2, epochs: 1 });
    const { numTensors } = tf.memory();
    trainWithTfjs(...args);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('ends with symbol and epoch when the loss is not finite', () => {
    const { args } = problem(small);
    const [symbol, shape, samples, hyperparameters, seed] = args;
    const data = { ...samples.data, targets: samples.data.targets.slice() };
    data.targets[samples.training[5]] = Number.NaN;
    expect(() => trainWithTfjs(symbol, shape, { ...samples, data }, hyperparameters, seed)).toThrow(
      expect.objectContaining({ code: 'not_finite', details: { symbol: 'SIM51', epoch: 1 } }),
    );
  });
});

describe('the member trained by TensorFlow.js', () => {
  let member: Forecaster;
  const chosen = { ...small, networks: 2, epochs: 4, learningRate: 0.003 };
  const history = sliceSeries(series, 0, 280);
  beforeAll(async () => {
    member = await createTfjsLstm('cpu');
  });

  it('forecasts what the member itself forecasts, from an artifact of the same kind', () => {
    const [own, other] = [lstm, member].map((forecaster) => {
      const fitting = forecaster.fit(history, chosen, { seed: 2 });
      expect(fitting.step(unlimitedBudget)).toBe(true);
      expect(fitting.progress()).toBe(1);
      return fitting.result();
    });
    const [a, b] = [own.toJSON(), other.toJSON()] as Record<string, Json>[];
    expect(Object.keys(b)).toEqual(Object.keys(a));
    expect({ ...b, networks: 0, pool: 0, horizon: 0 }).toEqual({ ...a, networks: 0, pool: 0, horizon: 0 });
    expect(b.networks).not.toEqual(a.networks);
    const forecast = lstm.restore(b).predict(series);
    expect(forecast).toEqual(other.predict(series));
    const expected = own.predict(series);
    expect(forecast.scale / expected.scale).toBeCloseTo(1, 3);
    expect((forecast.mean - expected.mean) / expected.scale).toBeCloseTo(0, 3);
  });

  it('cut between its networks, goes on in the same bits', () => {
    const through = member.fit(history, chosen, { seed: 2 });
    through.step(unlimitedBudget);
    let fitting = member.fit(history, chosen, { seed: 2 });
    let progress = 0;
    let steps = 1;
    while (!fitting.step({ expired: () => true })) {
      expect(fitting.progress()).toBeGreaterThan(progress);
      progress = fitting.progress();
      const checkpoint = JSON.parse(JSON.stringify(fitting.checkpoint())) as Json;
      fitting = member.fit(history, chosen, { seed: 2, checkpoint });
      steps++;
    }
    expect(steps).toBeGreaterThan(3);
    expect(fitting.result().toJSON()).toEqual(through.result().toJSON());
  });

  it('refuses what the member refuses, and a checkpoint from within a network', () => {
    const refused = (code: string, fit: () => unknown) =>
      expect(fit).toThrow(expect.objectContaining({ code }));
    refused('invalid_hyperparameters', () => member.fit(history, { ...chosen, hiddenUnits: 6 }, { seed: 2 }));
    refused('too_few_bars', () => member.fit(sliceSeries(series, 0, 100), chosen, { seed: 2 }));
    const begun = lstm.fit(history, chosen, { seed: 2 });
    begun.step({ expired: () => true });
    refused('invalid_artifact', () =>
      member.fit(history, chosen, { seed: 2, checkpoint: begun.checkpoint() }),
    );
    const early = member.fit(history, chosen, { seed: 2 });
    expect(() => early.result()).toThrow(/no result yet/);
  });
});
