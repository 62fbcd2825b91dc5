import { FitError } from '../../src/shared/errors/fit-error.ts';
import { fillDropoutMasks } from '../../src/shared/models/lstm/dropout-masks.ts';
import { initialParameters } from '../../src/shared/models/lstm/initial-parameters.ts';
import type { LstmHyperparameters } from '../../src/shared/models/lstm/lstm-hyperparameters.ts';
import type { NetworkShape } from '../../src/shared/models/lstm/network-shape.ts';
import { EPSILON, FIRST_DECAY, SECOND_DECAY } from '../../src/shared/models/networks/adam.ts';
import { LOG_SCALE_LIMIT } from '../../src/shared/models/networks/network-forecasts.ts';
import {
  GRADIENT_LIMIT,
  PATIENCE,
  type TrainingSamples,
} from '../../src/shared/models/networks/network-training.ts';
import { DEGREES_OF_FREEDOM } from '../../src/shared/models/networks/student-t-likelihood.ts';
import { deriveSeed } from '../../src/shared/numerics/derive-seed.ts';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import { tf } from './tfjs.ts';
import { type LayerMasks, TfjsNetwork } from './tfjs-network.ts';

/**
 * The training of one network by TensorFlow.js: the same start, samples, masks, loss, clipping, optimiser and early stopping as
 * `NetworkTraining`, so that both end in the same network but for rounding. It only exists to be compared with.
 *
 * `useTfjsBackend` comes first. `dispose` gives back the memory.
 */
export class TfjsTraining {
  readonly #symbol: string;
  readonly #shape: NetworkShape;
  readonly #samples: TrainingSamples;
  readonly #hyperparameters: LstmHyperparameters;
  readonly #seed: number;
  readonly #network: TfjsNetwork;
  readonly #optimiser: tf.Optimizer;
  #best: Float32Array;
  #bestLoss: number;
  #bestEpoch = 0;
  #epoch = 0;

  /** @param seed of this network, as of `NetworkTraining` */
  constructor(
    symbol: string,
    shape: NetworkShape,
    samples: TrainingSamples,
    hyperparameters: LstmHyperparameters,
    seed: number,
  ) {
    this.#symbol = symbol;
    this.#shape = shape;
    this.#samples = samples;
    this.#hyperparameters = hyperparameters;
    this.#seed = seed;
    this.#best = initialParameters(shape, new SeededRandom(deriveSeed(seed, 'parameters')));
    this.#network = new TfjsNetwork(shape, this.#best);
    this.#optimiser = tf.train.adam(hyperparameters.learningRate, FIRST_DECAY, SECOND_DECAY, EPSILON);
    this.#bestLoss = this.#stoppingLoss();
  }

  /** Epochs trained. */
  get epochs(): number {
    return this.#epoch;
  }

  /** Whether the last epoch is done, be it by early stopping. */
  get stopped(): boolean {
    return this.#epoch >= this.#hyperparameters.epochs || this.#epoch - this.#bestEpoch >= PATIENCE;
  }

  /**
   * One epoch: every training sample once, then the loss of the stopping samples.
   *
   * @throws FitError `not_finite`
   */
  trainEpoch(): void {
    const random = new SeededRandom(deriveSeed(this.#seed, 'order', this.#epoch));
    const { training } = this.#samples;
    const order = random.permutation(training.length).map((i) => training[i]);
    const { batchSize } = this.#hyperparameters;
    for (let batch = 0; batch * batchSize < order.length; batch++) {
      this.#trainBatch(order.subarray(batch * batchSize, (batch + 1) * batchSize), batch);
    }
    const parameters = this.#network.parameters();
    if (!parameters.every(Number.isFinite)) throw this.#notFinite('weights');
    const loss = this.#stoppingLoss();
    this.#epoch++;
    if (loss < this.#bestLoss) {
      this.#bestLoss = loss;
      this.#bestEpoch = this.#epoch;
      this.#best = parameters;
    }
  }

  /** The parameters after the last epoch; a copy. */
  parameters(): Float32Array {
    return this.#network.parameters();
  }

  /** The parameters of the best epoch. */
  result(): Float32Array {
    return this.#best;
  }

  dispose(): void {
    this.#network.dispose();
    this.#optimiser.dispose();
  }

  #trainBatch(samples: Int32Array, batch: number): void {
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => tf.mean(this.#losses(samples, this.#masks(samples.length, batch))) as tf.Scalar,
        this.#network.variables(),
      );
      const squares = Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)));
      const norm = Math.sqrt(tf.addN(squares).dataSync()[0]);
      if (!Number.isFinite(value.dataSync()[0]) || !Number.isFinite(norm)) {
        throw this.#notFinite('loss or gradient');
      }
      if (norm > GRADIENT_LIMIT) {
        for (const name of Object.keys(grads)) grads[name] = tf.mul(grads[name], GRADIENT_LIMIT / norm);
      }
      this.#optimiser.applyGradients(grads);
    });
  }

  /** The loss of each sample: minus the log likelihood of a Student t, without its constant. */
  #losses(samples: Int32Array, masks?: LayerMasks): tf.Tensor1D {
    const { inputs, lookback, skipInputs } = this.#shape;
    const { data } = this.#samples;
    const bars = new Float32Array(samples.length * lookback * inputs);
    const skip = new Float32Array(samples.length * skipInputs);
    samples.forEach((row, i) => {
      const window = data.inputs.subarray((row - lookback + 1) * inputs, (row + 1) * inputs);
      bars.set(window, i * lookback * inputs);
      skip.set(data.skip.subarray(row * skipInputs, (row + 1) * skipInputs), i * skipInputs);
    });
    const targets = tf.tensor1d(Float32Array.from(samples, (row) => data.targets[row]));
    const [location, logScale] = this.#network.forward(
      tf.tensor3d(bars, [samples.length, lookback, inputs]),
      tf.tensor2d(skip, [samples.length, skipInputs]),
      masks,
    );
    const bounded = tf.clipByValue(logScale, -LOG_SCALE_LIMIT, LOG_SCALE_LIMIT);
    const residual = tf.mul(tf.sub(targets, location), tf.exp(tf.neg(bounded)));
    const tail = tf.log(tf.add(tf.div(tf.square(residual), DEGREES_OF_FREEDOM), 1));
    return tf.add(bounded, tf.mul(tail, (DEGREES_OF_FREEDOM + 1) / 2));
  }

  #masks(count: number, batch: number): LayerMasks | undefined {
    const { dropout } = this.#hyperparameters;
    if (dropout === 0) return undefined;
    const { hidden, layers } = this.#shape;
    const masks = new Float32Array(layers * count * hidden);
    const random = new SeededRandom(deriveSeed(this.#seed, 'dropout', this.#epoch, batch));
    fillDropoutMasks(masks, this.#shape, count, count, dropout, () => random);
    const size = count * hidden;
    return Array.from({ length: layers }, (_, layer) =>
      tf.tensor2d(masks.subarray(layer * size, (layer + 1) * size), [count, hidden]),
    );
  }

  #stoppingLoss(): number {
    const { stopping } = this.#samples;
    const { batchSize } = this.#hyperparameters;
    let loss = 0;
    for (let from = 0; from < stopping.length; from += batchSize) {
      const samples = stopping.subarray(from, from + batchSize);
      loss += tf.tidy(() => tf.sum(this.#losses(samples)).dataSync()[0]);
    }
    if (!Number.isFinite(loss)) throw this.#notFinite('loss');
    return loss / stopping.length;
  }

  #notFinite(what: string): FitError {
    const epoch = this.#epoch + 1;
    return new FitError(
      'not_finite',
      `The LSTM's ${what} for ${this.#symbol}, trained by TensorFlow.js, are not finite in epoch ${epoch}: lower the learning rate`,
      { symbol: this.#symbol, epoch },
    );
  }
}

/** Trains one network to its end. @throws FitError `not_finite` */
export function trainWithTfjs(
  symbol: string,
  shape: NetworkShape,
  samples: TrainingSamples,
  hyperparameters: LstmHyperparameters,
  seed: number,
): { readonly parameters: Float32Array; readonly epochs: number } {
  const training = new TfjsTraining(symbol, shape, samples, hyperparameters, seed);
  try {
    while (!training.stopped) training.trainEpoch();
    return { parameters: training.result(), epochs: training.epochs };
  } finally {
    training.dispose();
  }
}
