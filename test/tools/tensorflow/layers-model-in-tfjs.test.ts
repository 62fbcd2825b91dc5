import { beforeAll, describe, expect, it } from 'vitest';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { LoadedNetwork } from '../../../src/shared/models/lstm/kernel/lstm-kernel.ts';
import { fromLayersModel } from '../../../src/shared/models/lstm/layers-model/from-layers-model.ts';
import type { LayersModelJson } from '../../../src/shared/models/lstm/layers-model/layers-model-json.ts';
import { layersModelWeights } from '../../../src/shared/models/lstm/layers-model/layers-model-weights.ts';
import { exportLstm, importLstm } from '../../../src/shared/models/lstm/layers-model/lstm-files.ts';
import { toLayersModel } from '../../../src/shared/models/lstm/layers-model/to-layers-model.ts';
import { lstm } from '../../../src/shared/models/lstm/lstm.ts';
import { lstmNetworks } from '../../../src/shared/models/lstm/lstm-networks.ts';
import {
  type NetworkShape,
  networkShape,
  parameterLayout,
} from '../../../src/shared/models/lstm/network-shape.ts';
import type { NetworkData } from '../../../src/shared/models/networks/network.ts';
import { decodeNetworkArtifact } from '../../../src/shared/models/networks/network-artifact.ts';
import { firstForecastBar, networkInputs } from '../../../src/shared/models/networks/network-inputs.ts';
import { STUDENT_T_DEVIATION } from '../../../src/shared/models/networks/student-t-likelihood.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { tf, useTfjsBackend } from '../../../tools/tensorflow/tfjs.ts';
import { TfjsNetwork } from '../../../tools/tensorflow/tfjs-network.ts';
import { delayedVolatility } from '../../shared/models/networks/delayed-volatility.ts';

const shapes: NetworkShape[] = [
  { inputs: 4, hidden: 8, layers: 1, lookback: 20, skipInputs: 4 },
  { inputs: 5, hidden: 12, layers: 2, lookback: 11, skipInputs: 3 },
  { inputs: 3, hidden: 4, layers: 3, lookback: 4, skipInputs: 1 },
];
const BARS = 60;

beforeAll(() => useTfjsBackend('cpu'));

function randomNetwork(shape: NetworkShape) {
  const random = new SeededRandom(9);
  const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());
  const parameters = new Float32Array(parameterLayout(shape).length);
  for (const { indices } of layersModelWeights(shape)) {
    for (const index of indices) parameters[index] = random.normal();
  }
  const data: NetworkData = {
    inputs: normals(BARS * shape.inputs),
    skip: normals(BARS * shape.skipInputs),
    targets: normals(BARS),
  };
  return { parameters, data };
}

/** As the loaders of TensorFlow.js read it from a file or an address. */
async function load(model: LayersModelJson, weights: Uint8Array<ArrayBuffer>): Promise<tf.LayersModel> {
  const artifacts = await tf.io.getModelArtifactsForJSON(
    model as unknown as tf.io.ModelJSON,
    async (manifest) => [manifest.flatMap((group) => group.weights), weights.buffer],
  );
  return await tf.loadLayersModel(tf.io.fromMemory(artifacts));
}

/** What `model.save` writes to `model.json` and its weights' file. */
async function save(model: tf.LayersModel): Promise<{ model: unknown; weights: Uint8Array }> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const { weightData, weightSpecs: weights, ...others } = saved!;
  const json = { ...others, weightsManifest: [{ paths: ['weights-0.bin'], weights }] };
  return { model: JSON.parse(JSON.stringify(json)), weights: new Uint8Array(weightData as ArrayBuffer) };
}

function predict(model: tf.LayersModel, shape: NetworkShape, data: NetworkData, cutoffs: Int32Array) {
  const { inputs, lookback, skipInputs } = shape;
  const rows = (values: Float32Array, width: number, from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) =>
      Array.from(values.subarray((from + i) * width, (from + i + 1) * width)),
    );
  const bars = Array.from(cutoffs, (t) => rows(data.inputs, inputs, t - lookback + 1, t + 1));
  const skip = Array.from(cutoffs, (t) => rows(data.skip, skipInputs, t, t + 1)[0]);
  const [location, logScale] = model.predict([tf.tensor3d(bars), tf.tensor2d(skip)]) as tf.Tensor[];
  return { locations: location.dataSync(), logScales: logScale.dataSync() };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
}

describe.each(shapes)('an exported network of $layers layers of $hidden units in TensorFlow.js', (shape) => {
  const { parameters, data } = randomNetwork(shape);
  const { model, weights } = toLayersModel(shape, parameters, 'weights-0.bin');
  const cutoffs = Int32Array.from({ length: 32 }, (_, i) => BARS - 1 - i);

  it.each(['cpu', 'wasm'] as const)(
    'gives location and log scale of the kernel to 1e-5 (%s)',
    async (backend) => {
      await useTfjsBackend(backend);
      const loaded = await load(model, weights);
      const actual = predict(loaded, shape, data, cutoffs);
      const expected = new LoadedNetwork(shape, data, parameters, 32, 6).forward(cutoffs);
      expect(Math.max(...expected.locations) - Math.min(...expected.locations)).toBeGreaterThan(0.2);
      expect(largestDifference(actual.locations, expected.locations)).toBeLessThan(1e-5);
      expect(largestDifference(actual.logScales, expected.logScales)).toBeLessThan(1e-5);
      loaded.dispose();
      await useTfjsBackend('cpu');
    },
  );

  it('comes back to the bit when TensorFlow.js has saved it again', async () => {
    const saved = await save(await load(model, weights));
    expect(fromLayersModel(saved.model, saved.weights)).toEqual({ shape, parameters });
  });

  it('is read when TensorFlow.js has put it together itself', async () => {
    const network = new TfjsNetwork(shape, parameters);
    const saved = await save(network.model);
    expect(fromLayersModel(saved.model, saved.weights)).toEqual({ shape, parameters });
    network.dispose();
  });
});

describe('a fitted member in TensorFlow.js', () => {
  // There is something to learn, so that the networks are not the initial one.
  const series = delayedVolatility(1000);
  const hyperparameters = {
    ...{ hiddenUnits: 16, layers: 2, lookback: 6, learningRate: 0.02, dropout: 0, epochs: 40 },
    batchSize: 32,
  };
  const fitting = lstm.fit(series, hyperparameters, { seed: 5 });
  fitting.step(unlimitedBudget);
  const fitted = fitting.result();
  const files = exportLstm(fitted.toJSON());
  const exported = JSON.parse(new TextDecoder().decode(files['model-0.json'])) as LayersModelJson;

  it('makes the same forecasts to 1e-5', async () => {
    const artifact = decodeNetworkArtifact(lstmNetworks, importLstm(files));
    const inputs = networkInputs(series, artifact.scaling);
    const from = firstForecastBar(artifact.hyperparameters.lookback);
    const cutoffs = Int32Array.from({ length: series.close.length - from }, (_, i) => from + i - 1);
    const model = await load(exported, files['weights-0.bin']);
    const { locations, logScales } = predict(model, networkShape(artifact.hyperparameters), inputs, cutoffs);
    const forecasts = fitted.predictRange(series, from, series.close.length);
    // In the unit that the forecast itself is in.
    forecasts.forEach(({ mean, scale }, i) => {
      const unit = inputs.unit[cutoffs[i]];
      const bounded = Math.max(-4, Math.min(4, logScales[i]));
      expect(Math.abs(locations[i] - mean / unit)).toBeLessThan(1e-5);
      expect(Math.abs(Math.exp(bounded) * STUDENT_T_DEVIATION - scale / unit)).toBeLessThan(1e-5);
    });
    expect(forecasts.length).toBeGreaterThan(300);
    const scales = forecasts.map(({ scale }, i) => scale / inputs.unit[cutoffs[i]]);
    expect(Math.max(...scales) / Math.min(...scales)).toBeGreaterThan(1.1);
  });

  it('comes back whole when TensorFlow.js has loaded and saved it', async () => {
    const { model, weights } = await save(await load(exported, files['weights-0.bin']));
    const saved = {
      'model-0.json': new TextEncoder().encode(JSON.stringify(model)),
      'weights-0.bin': Uint8Array.from(weights),
    };
    expect(importLstm(saved)).toEqual(fitted.toJSON());
  });
});

describe('another model that TensorFlow.js has saved', () => {
  it('is refused', async () => {
    const foreign = tf.sequential({
      layers: [tf.layers.lstm({ units: 8, inputShape: [20, 4] }), tf.layers.dense({ units: 1 })],
    });
    const { model, weights } = await save(foreign);
    expect(() => fromLayersModel(model, weights)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact', message: expect.stringContaining('"Sequential"') }),
    );
  });
});
