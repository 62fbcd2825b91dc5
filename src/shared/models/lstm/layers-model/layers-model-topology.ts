import type { Json } from '../../../json.ts';
import type { NetworkShape } from '../network-shape.ts';
import { invalidLayersModel } from './invalid-layers-model.ts';
import { lstmLayerName } from './layers-model-weights.ts';

/** Sizes beyond this are refused: a foreign file must not ask for gigabytes. */
const LARGEST_SIZE = 1024;

type JsonObject = { readonly [key: string]: Json };

/**
 * The topology of a network as Keras 2 and TensorFlow.js write it.
 *
 * Inputs `bars` [lookback, inputs] and `skip` [skipInputs]; the recurrent layers; outputs `location` [1] from the last hidden
 * state and `logScale` [1], without bounds, from the last hidden state and `skip`. Dropout is no part of it.
 *
 * Of a layer's configuration only what its function depends on is written; readers fill in the rest. The weights start at
 * zero because they are loaded: Keras' own start for the recurrent ones is an orthogonal matrix, which takes a while.
 */
export function layersModelTopology(shape: NetworkShape): JsonObject {
  const { inputs, hidden, layers, lookback, skipInputs } = shape;
  const recurrent = Array.from({ length: layers }, (_, layer) =>
    node(
      'LSTM',
      lstmLayerName(layer),
      {
        units: hidden,
        activation: 'tanh',
        recurrent_activation: 'sigmoid',
        use_bias: true,
        return_sequences: layer < layers - 1,
        return_state: false,
        go_backwards: false,
        stateful: false,
        kernel_initializer: ZEROS,
        recurrent_initializer: ZEROS,
        bias_initializer: ZEROS,
      },
      [layer === 0 ? 'bars' : lstmLayerName(layer - 1)],
    ),
  );
  const last = lstmLayerName(layers - 1);
  return {
    class_name: 'Model',
    config: {
      name: 'lstm',
      layers: [
        input('bars', [lookback, inputs]),
        input('skip', [skipInputs]),
        ...recurrent,
        node('Concatenate', 'last_and_skip', { axis: -1 }, [last, 'skip']),
        node('Dense', 'location', DENSE, [last]),
        node('Dense', 'logScale', DENSE, ['last_and_skip']),
      ],
      input_layers: [endpoint('bars'), endpoint('skip')],
      output_layers: [endpoint('location'), endpoint('logScale')],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}

const ZEROS = { class_name: 'Zeros', config: {} };

const DENSE = {
  units: 1,
  activation: 'linear',
  use_bias: true,
  kernel_initializer: ZEROS,
  bias_initializer: ZEROS,
};

function input(name: string, shape: readonly number[]): JsonObject {
  const config = { batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false, name };
  return { name, class_name: 'InputLayer', config, inbound_nodes: [] };
}

function node(className: string, name: string, config: JsonObject, from: readonly string[]): JsonObject {
  return {
    name,
    class_name: className,
    config: { name, trainable: true, ...config },
    inbound_nodes: [from.map((source) => [source, 0, 0, {}])],
  };
}

/** The first output of a layer's first use. */
function endpoint(name: string): Json {
  return [name, 0, 0];
}

/**
 * The shape of the network that a topology describes.
 *
 * Layers may stand in any order, and may have further settings that TensorFlow.js writes; how weights were initialised and
 * whether they train does not matter.
 *
 * @throws FitError `invalid_artifact` for any other topology, naming the first place at which it differs
 */
export function readTopology(topology: unknown): NetworkShape {
  const model = object(topology, 'modelTopology');
  if (model.class_name !== 'Model' && model.class_name !== 'Functional') {
    throw invalidLayersModel(`its class is ${show(model.class_name)}, not "Model" or "Functional"`);
  }
  const config = object(model.config, 'the configuration of its topology');
  if (!Array.isArray(config.layers)) throw invalidLayersModel('its topology has no list of layers');
  const layers = new Map<Json, JsonObject>();
  for (const entry of config.layers) {
    const layer = object(entry, 'a layer');
    if (layers.has(layer.name)) throw invalidLayersModel(`it has two layers ${show(layer.name)}`);
    layers.set(layer.name, layer);
  }

  const shape = readShape(layers);
  const expected = layersModelTopology(shape).config as JsonObject;
  const names = new Set<Json>();
  for (const layer of expected.layers as readonly JsonObject[]) {
    names.add(layer.name);
    requireSame(layers.get(layer.name), layer, `layer ${layer.name}`);
  }
  for (const name of layers.keys()) {
    if (!names.has(name)) throw invalidLayersModel(`it has a further layer ${show(name)}`);
  }
  requireSame(config.input_layers, expected.input_layers, 'input_layers');
  requireSame(config.output_layers, expected.output_layers, 'output_layers');
  return shape;
}

function readShape(layers: ReadonlyMap<Json, JsonObject>): NetworkShape {
  const configOf = (name: string) => object(layers.get(name)?.config, `the configuration of layer ${name}`);
  const sizes = (name: string, dimensions: number) => {
    const shape = configOf(name).batch_input_shape;
    if (!Array.isArray(shape) || shape.length !== dimensions + 1) {
      throw invalidLayersModel(`its input ${name} has the shape ${show(shape)}`);
    }
    return shape.slice(1).map((length) => size(length, `a size of its input ${name}`));
  };
  const [lookback, inputs] = sizes('bars', 2);
  const [skipInputs] = sizes('skip', 1);
  const hidden = size(configOf(lstmLayerName(0)).units, `units of layer ${lstmLayerName(0)}`);
  // The kernel takes units by four.
  if (hidden % 4 !== 0) throw invalidLayersModel(`its layers have ${hidden} units, not a multiple of 4`);
  let count = 1;
  while (layers.has(lstmLayerName(count))) count++;
  return { inputs, hidden, layers: count, lookback, skipInputs };
}

/** Requires all that `expected` holds of `given`, which may hold more. */
function requireSame(given: Json | undefined, expected: Json, place: string): void {
  if (expected === null || typeof expected !== 'object') {
    if (given !== expected) throw invalidLayersModel(`${place} is ${show(given)}, not ${show(expected)}`);
    return;
  }
  if (given === null || typeof given !== 'object' || Array.isArray(given) !== Array.isArray(expected)) {
    throw invalidLayersModel(`${place} is ${show(given)}`);
  }
  if (Array.isArray(expected)) {
    if ((given as readonly Json[]).length !== expected.length) {
      throw invalidLayersModel(`${place} is ${show(given)}, not ${show(expected)}`);
    }
    expected.forEach((value, i) => {
      requireSame((given as readonly Json[])[i], value, `${place}[${i}]`);
    });
    return;
  }
  for (const [key, value] of Object.entries(expected as JsonObject)) {
    if (key.endsWith('_initializer') || key === 'trainable') continue;
    requireSame((given as JsonObject)[key], value, `${place}.${key}`);
  }
}

function object(json: unknown, what: string): JsonObject {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw invalidLayersModel(`${what} is missing`);
  }
  return json as JsonObject;
}

function size(value: Json, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= LARGEST_SIZE)
    return value;
  throw invalidLayersModel(`${what} is ${show(value)}, not a whole number from 1 to ${LARGEST_SIZE}`);
}

/** A value in few words. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
