import {
  layersModelWeights,
  lstmLayerName,
} from '../../src/shared/models/lstm/layers-model/layers-model-weights.ts';
import { type NetworkShape, parameterLayout } from '../../src/shared/models/lstm/network-shape.ts';
import { tf } from './tfjs.ts';

/** Dropout masks of a batch, by layer: samples x units. */
export type LayerMasks = readonly tf.Tensor2D[];

/** The network of a shape, made of TensorFlow.js' own layers; its parameters are those of `parameterLayout`. */
export class TfjsNetwork {
  /** The same topology as `layersModelTopology`, put together by TensorFlow.js. */
  readonly model: tf.LayersModel;
  readonly #shape: NetworkShape;

  constructor(shape: NetworkShape, parameters: Float32Array) {
    const { hidden, inputs, layers, lookback, skipInputs } = shape;
    const bars = tf.input({ shape: [lookback, inputs], name: 'bars' });
    const skip = tf.input({ shape: [skipInputs], name: 'skip' });
    let state = bars;
    for (let layer = 0; layer < layers; layer++) {
      const recurrent = tf.layers.lstm({
        name: lstmLayerName(layer),
        units: hidden,
        recurrentActivation: 'sigmoid',
        returnSequences: layer < layers - 1,
        // Set below; the default start is an orthogonal matrix, which takes a while.
        recurrentInitializer: 'zeros',
      });
      state = recurrent.apply(state) as tf.SymbolicTensor;
    }
    const joined = tf.layers.concatenate({ name: 'last_and_skip' }).apply([state, skip]);
    const location = tf.layers.dense({ name: 'location', units: 1 }).apply(state);
    const logScale = tf.layers.dense({ name: 'logScale', units: 1 }).apply(joined);
    this.#shape = shape;
    this.model = tf.model({
      name: 'lstm',
      inputs: [bars, skip],
      outputs: [location, logScale] as tf.SymbolicTensor[],
    });
    for (const { name, shape: size, indices } of layersModelWeights(shape)) {
      const values = Float32Array.from(indices, (index) => parameters[index]);
      tf.tidy(() => this.#variable(name).assign(tf.tensor(values, [...size])));
    }
  }

  /** All weights, as an optimiser takes them. */
  variables(): tf.Variable[] {
    return layersModelWeights(this.#shape).map(({ name }) => this.#variable(name));
  }

  /** A copy of the parameters. */
  parameters(): Float32Array {
    const parameters = new Float32Array(parameterLayout(this.#shape).length);
    for (const { name, indices } of layersModelWeights(this.#shape)) {
      const values = this.#variable(name).dataSync();
      indices.forEach((index, i) => {
        parameters[index] = values[i];
      });
    }
    return parameters;
  }

  /**
   * Location and log scale, without bounds, of each sample: two vectors.
   *
   * @param bars samples x lookback x inputs
   * @param skip samples x skip inputs
   * @param masks factors of each layer's output, the same at every bar; default none
   */
  forward(bars: tf.Tensor3D, skip: tf.Tensor2D, masks?: LayerMasks): [tf.Tensor1D, tf.Tensor1D] {
    let state: tf.Tensor = bars;
    for (let layer = 0; layer < this.#shape.layers; layer++) {
      state = this.model.getLayer(lstmLayerName(layer)).apply(state) as tf.Tensor;
      if (masks === undefined) continue;
      state = tf.mul(state, layer < this.#shape.layers - 1 ? tf.expandDims(masks[layer], 1) : masks[layer]);
    }
    const location = this.model.getLayer('location').apply(state) as tf.Tensor;
    const logScale = this.model.getLayer('logScale').apply(tf.concat([state, skip], 1)) as tf.Tensor;
    return [tf.reshape(location, [-1]), tf.reshape(logScale, [-1])];
  }

  dispose(): void {
    this.model.dispose();
  }

  #variable(name: string): tf.Variable {
    const [layer, weight] = name.split('/');
    const found = this.model.getLayer(layer).weights.find(({ originalName }) => originalName === name);
    if (found === undefined) throw new Error(`TensorFlow.js has no weight ${weight} in layer ${layer}`);
    return found.read() as tf.Variable;
  }
}
