import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/shared/json.ts';
import { unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { fromLayersModel } from '../../../../src/shared/models/lstm/layers-model/from-layers-model.ts';
import { layersModelWeights } from '../../../../src/shared/models/lstm/layers-model/layers-model-weights.ts';
import { exportLstm, importLstm } from '../../../../src/shared/models/lstm/layers-model/lstm-files.ts';
import { toLayersModel } from '../../../../src/shared/models/lstm/layers-model/to-layers-model.ts';
import { lstm } from '../../../../src/shared/models/lstm/lstm.ts';
import { type NetworkShape, parameterLayout } from '../../../../src/shared/models/lstm/network-shape.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { simulatedSeries } from '../simulated-series.ts';

// 8 + 3 + 1 entries of a row are even, 8 + 8 + 1 of the second layer's are padded.
const shape: NetworkShape = { inputs: 3, hidden: 8, layers: 2, lookback: 6, skipInputs: 2 };

/** Any bits that a finite float can have, minus zero and subnormal ones among them. */
function someParameters(): Float32Array {
  const random = new SeededRandom(1);
  const parameters = new Float32Array(parameterLayout(shape).length);
  for (const { indices } of layersModelWeights(shape)) {
    indices.forEach((index, i) => {
      parameters[index] = i % 7 === 0 ? -0 : i % 11 === 0 ? 1e-42 : random.normal();
    });
  }
  return parameters;
}

const parameters = someParameters();
const exported = toLayersModel(shape, parameters, 'weights.bin');
const { model, weights } = exported;

/** A copy of the model, changed. */
// biome-ignore lint/suspicious/noExplicitAny: any place of the model is to be broken.
function changed(change: (copy: any) => void): unknown {
  const copy = structuredClone(model);
  change(copy);
  return copy;
}

const byName = (name: string) => (layer: { name: string }) => layer.name === name;

describe('a network as a LayersModel', () => {
  it('has every parameter once', () => {
    const indices = layersModelWeights(shape).flatMap((place) => Array.from(place.indices));
    expect(new Set(indices).size).toBe(indices.length);
    const { length } = parameterLayout(shape);
    expect(Math.max(...indices)).toBeLessThan(length);
    // Two layers of 4 x 8 x (3 + 8 + 1) and 4 x 8 x (8 + 8 + 1), heads of 8 + 1 and 8 + 2 + 1.
    expect(indices.length).toBe(384 + 544 + 9 + 11);
  });

  it('is JSON, and lists the weights as Keras names and shapes them', () => {
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
    expect(model.weightsManifest[0].weights.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['lstm_0/kernel', 3, 32],
      ['lstm_0/recurrent_kernel', 8, 32],
      ['lstm_0/bias', 32],
      ['lstm_1/kernel', 8, 32],
      ['lstm_1/recurrent_kernel', 8, 32],
      ['lstm_1/bias', 32],
      ['location/kernel', 8, 1],
      ['location/bias', 1],
      ['logScale/kernel', 10, 1],
      ['logScale/bias', 1],
    ]);
  });

  it('comes back to the bit', () => {
    const back = fromLayersModel(JSON.parse(JSON.stringify(model)), weights);
    expect(back.shape).toEqual(shape);
    expect(new Uint8Array(back.parameters.buffer)).toEqual(new Uint8Array(parameters.buffer));
  });

  it('is read with its layers and its weights in another order', () => {
    const reordered = changed((copy) => {
      copy.modelTopology.config.layers.reverse();
      const [group] = copy.weightsManifest;
      group.weights = [group.weights.at(-1), ...group.weights.slice(0, -1)];
    });
    const rotated = Uint8Array.from([...weights.slice(-4), ...weights.slice(0, -4)]);
    expect(fromLayersModel(reordered, rotated).parameters).toEqual(parameters);
  });
});

describe('another LayersModel is refused', () => {
  // biome-ignore lint/suspicious/noExplicitAny: any place of the model is to be broken.
  const cases: [string, (copy: any) => void, RegExp][] = [
    ['of another format', (m) => (m.format = 'graph-model'), /format is "graph-model"/],
    ['without a topology', (m) => delete m.modelTopology, /modelTopology is missing/],
    ['of another class', (m) => (m.modelTopology.class_name = 'Sequential'), /class is "Sequential"/],
    ['without layers', (m) => delete m.modelTopology.config.layers, /no list of layers/],
    ['without an input', (m) => m.modelTopology.config.layers.shift(), /layer bars is missing/],
    [
      'without a recurrent layer',
      (m) => m.modelTopology.config.layers.splice(2, 1),
      /layer lstm_0 is missing/,
    ],
    [
      'with a further layer',
      (m) => m.modelTopology.config.layers.push({ name: 'lstm_7', class_name: 'LSTM', config: { units: 8 } }),
      /further layer "lstm_7"/,
    ],
    [
      'with other recurrent cells',
      (m) => (m.modelTopology.config.layers.find(byName('lstm_1')).class_name = 'GRU'),
      /layer lstm_1.class_name is "GRU", not "LSTM"/,
    ],
    [
      'with another activation',
      (m) => (m.modelTopology.config.layers[2].config.recurrent_activation = 'hard_sigmoid'),
      /lstm_0.config.recurrent_activation is "hard_sigmoid", not "sigmoid"/,
    ],
    [
      'that reads its bars backwards',
      (m) => (m.modelTopology.config.layers[2].config.go_backwards = true),
      /go_backwards is true/,
    ],
    [
      'with layers of different sizes',
      (m) => (m.modelTopology.config.layers[3].config.units = 16),
      /lstm_1.config.units is 16, not 8/,
    ],
    [
      'of units that the kernel does not take',
      (m) => (m.modelTopology.config.layers[2].config.units = 6),
      /6 units, not a multiple of 4/,
    ],
    [
      'of a size beyond reason',
      (m) => (m.modelTopology.config.layers[2].config.units = 4e9),
      /units of layer lstm_0 is 4000000000/,
    ],
    [
      'connected otherwise',
      (m) => (m.modelTopology.config.layers.find(byName('location')).inbound_nodes[0][0][0] = 'lstm_0'),
      /location.inbound_nodes\[0\]\[0\]\[0\] is "lstm_0", not "lstm_1"/,
    ],
    ['with one output', (m) => m.modelTopology.config.output_layers.pop(), /output_layers is/],
    ['without a manifest', (m) => delete m.weightsManifest, /manifest is missing/],
    ['with a manifest of nothing', (m) => (m.weightsManifest = [null]), /does not list its weights/],
    ['without a weight', (m) => m.weightsManifest[0].weights.pop(), /weight logScale\/bias is missing/],
    [
      'with a weight of another name',
      (m) => (m.weightsManifest[0].weights[0].name = 'lstm_0/gamma'),
      /weight lstm_0\/gamma is unknown/,
    ],
    [
      'with a weight twice',
      (m) => m.weightsManifest[0].weights.push(m.weightsManifest[0].weights[0]),
      /weight lstm_0\/kernel is unknown or there twice/,
    ],
    [
      'with a weight of another shape',
      (m) => (m.weightsManifest[0].weights[0].shape = [32, 3]),
      /lstm_0\/kernel has the shape \[32,3\], not \[3,32\]/,
    ],
    [
      'with integer weights',
      (m) => (m.weightsManifest[0].weights[0].dtype = 'int32'),
      /lstm_0\/kernel is not of float32/,
    ],
    [
      'with quantized weights',
      (m) => (m.weightsManifest[0].weights[2].quantization = { dtype: 'uint8', scale: 1, min: 0 }),
      /lstm_0\/bias is not of float32, or quantized/,
    ],
  ];

  it.each(cases)('%s', (_name, change, says) => {
    expect(() => fromLayersModel(changed(change), weights)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact', message: expect.stringMatching(says) }),
    );
  });

  it('with too few or too many bytes, or a value that is no number', () => {
    const refused = (bytes: Uint8Array, says: RegExp) =>
      expect(() => fromLayersModel(model, bytes)).toThrow(
        expect.objectContaining({ code: 'invalid_artifact', message: expect.stringMatching(says) }),
      );
    refused(weights.subarray(4), /end within logScale\/bias/);
    refused(Uint8Array.from([...weights, 0, 0, 0, 0]), /3796 bytes of weights, but its manifest lists 3792/);
    const broken = weights.slice();
    new DataView(broken.buffer).setFloat32(4 * 100, Number.POSITIVE_INFINITY, true);
    refused(broken, /lstm_0\/recurrent_kernel is not all finite/);
  });

  it.each([null, 7, 'model', [], {}])('when it is %j', (value) => {
    expect(() => fromLayersModel(value, weights)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});

describe('a fitted LSTM as files', () => {
  const series = simulatedSeries(31, 400);
  const fitting = lstm.fit(
    series,
    {
      ...{ hiddenUnits: 4, layers: 2, lookback: 8, learningRate: 0.01, dropout: 0.2, epochs: 1 },
      ...{ batchSize: 64, networks: 2, monteCarloPasses: 2 },
    },
    { seed: 3 },
  );
  fitting.step(unlimitedBudget);
  const fitted = fitting.result();
  const files = exportLstm(fitted.toJSON());

  /** The files with one of them changed as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: any place of the model is to be broken.
  const withModel = (name: string, change: (model: any) => void) => {
    const copy = JSON.parse(new TextDecoder().decode(files[name]));
    change(copy);
    return { ...files, [name]: new TextEncoder().encode(JSON.stringify(copy)) };
  };

  it('is one LayersModel a network', () => {
    expect(Object.keys(files)).toEqual(['model-0.json', 'weights-0.bin', 'model-1.json', 'weights-1.bin']);
    const { weightsManifest } = JSON.parse(new TextDecoder().decode(files['model-1.json']));
    expect(weightsManifest[0].paths).toEqual(['weights-1.bin']);
    expect(files['weights-0.bin']).not.toEqual(files['weights-1.bin']);
  });

  it('comes back exactly, and forecasts the same', () => {
    const back = importLstm(files);
    expect(JSON.stringify(back)).toBe(JSON.stringify(fitted.toJSON()));
    expect(lstm.restore(back).predict(series)).toEqual(fitted.predict(series));
  });

  it('is refused when a file is missing or broken', () => {
    const { 'weights-1.bin': _weights, ...withoutWeights } = files;
    const { 'model-1.json': _model, ...withoutModel } = files;
    const text = new TextEncoder();
    const refused = (given: typeof files, says: RegExp) =>
      expect(() => importLstm(given)).toThrow(
        expect.objectContaining({ code: 'invalid_artifact', message: expect.stringMatching(says) }),
      );
    refused({}, /file model-0.json is missing/);
    refused(withoutWeights, /file weights-1.bin is missing/);
    refused(withoutModel, /does not hold the 2 networks/);
    refused({ ...files, 'model-0.json': text.encode('<html>') }, /model-0.json is not JSON/);
    refused({ ...files, 'model-1.json': files['model-0.json'] }, /not that of network 1/);
    refused(
      withModel('model-0.json', (model) => delete model.userDefinedMetadata),
      /metadata of model-0.json is not/,
    );
    refused(
      withModel('model-1.json', (model) => {
        model.userDefinedMetadata.plumbline.artifact.seed = 4;
      }),
      /different fits/,
    );
    refused(
      withModel('model-0.json', (model) => delete model.weightsManifest[0].paths),
      /does not name the files/,
    );
  });

  it('is refused when its network is not that of its hyperparameters', () => {
    const other = withModel('model-0.json', (model) => {
      // The same parameters over fewer bars.
      model.modelTopology.config.layers[0].config.batch_input_shape[1] = 7;
    });
    expect(() => importLstm(other)).toThrow(
      expect.objectContaining({
        code: 'invalid_artifact',
        message: expect.stringMatching(/model-0.json has the sizes/),
      }),
    );
  });

  it('is not made of what is no artifact', () => {
    expect(() => exportLstm({ name: 'LSTM' } as Json)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});
