import { FitError } from '../../errors/fit-error.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { decodeFloat32, encodeFloat32 } from '../../numerics/float32-codec.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import { SeededRandom } from '../../numerics/random.ts';
import type { Json, StepBudget } from '../forecaster.ts';
import { fillDropoutMasks } from './dropout-masks.ts';
import { initialParameters } from './initial-parameters.ts';
import { type AdamState, LoadedNetwork, type NetworkData } from './kernel/lstm-kernel.ts';
import type { LstmHyperparameters } from './lstm-hyperparameters.ts';
import type { NetworkShape } from './network-shape.ts';
import { DEGREES_OF_FREEDOM } from './student-t-likelihood.ts';

/** Epochs without a better loss on the stopping samples after which training stops. */
export const PATIENCE = 4;
/** The gradient's norm is held within this (Pascanu, Mikolov and Bengio 2013). */
export const GRADIENT_LIMIT = 1;

/** What a network is trained on. A sample is named by its last bar's row. */
export interface TrainingSamples {
  readonly data: NetworkData;
  readonly training: Int32Array;
  /** For early stopping. */
  readonly stopping: Int32Array;
}

/**
 * The training of one network, by mini-batches; one unit of work is one batch, or one pass over the stopping samples.
 *
 * All randomness of an epoch and batch derives from the seed and their numbers, so that its state is that of the generator.
 */
export class NetworkTraining {
  readonly #symbol: string;
  readonly #shape: NetworkShape;
  readonly #samples: TrainingSamples;
  readonly #hyperparameters: LstmHyperparameters;
  readonly #seed: number;
  #parameters: Float32Array;
  #adam: AdamState | undefined;
  #best: Float32Array;
  #bestLoss = Number.POSITIVE_INFINITY;
  #bestEpoch = 0;
  /** Epochs whose batches are all done. */
  #epoch = 0;
  /** Batches done of the epoch under way. */
  #batch = 0;
  #stopped = false;
  #order: { readonly epoch: number; readonly samples: Int32Array } | undefined;

  /** @throws FitError `invalid_artifact` for another training's checkpoint */
  constructor(
    symbol: string,
    shape: NetworkShape,
    samples: TrainingSamples,
    hyperparameters: LstmHyperparameters,
    seed: number,
    checkpoint?: Json,
  ) {
    this.#symbol = symbol;
    this.#shape = shape;
    this.#samples = samples;
    this.#hyperparameters = hyperparameters;
    this.#seed = seed;
    this.#parameters = initialParameters(shape, new SeededRandom(deriveSeed(seed, 'parameters')));
    this.#best = this.#parameters.slice();
    if (checkpoint !== undefined) this.#resume(checkpoint);
  }

  /** Works until training has stopped or the budget expires, and at least one unit. True when it has stopped. */
  step(budget: StepBudget): boolean {
    if (this.#stopped) return true;
    const { batchSize } = this.#hyperparameters;
    const { data } = this.#samples;
    const network = new LoadedNetwork(this.#shape, data, this.#parameters, batchSize, DEGREES_OF_FREEDOM);
    if (this.#adam !== undefined) network.restoreAdam(this.#adam);
    do {
      if (this.#epoch === 0 && this.#batch === 0) this.#bestLoss = this.#stoppingLoss(network);
      if (this.#batch < this.#batchCount) this.#trainBatch(network);
      else this.#endEpoch(network);
    } while (!this.#stopped && !budget.expired());
    this.#parameters = network.parameters.slice();
    this.#adam = network.adamState();
    return this.#stopped;
  }

  /** Share of the epochs done; 1 when training has stopped, be it early. */
  progress(): number {
    if (this.#stopped) return 1;
    return (this.#epoch + this.#batch / (this.#batchCount + 1)) / this.#hyperparameters.epochs;
  }

  /** The parameters of the best epoch. */
  result(): Float32Array {
    return this.#best;
  }

  checkpoint(): Json {
    const adam = this.#adam;
    return {
      epoch: this.#epoch,
      batch: this.#batch,
      stopped: this.#stopped,
      bestEpoch: this.#bestEpoch,
      parameters: encodeFloat32(this.#parameters),
      best: encodeFloat32(this.#best),
      first: adam === undefined ? null : encodeFloat32(adam.first),
      second: adam === undefined ? null : encodeFloat32(adam.second),
      scalars: encodeFloat64(Float64Array.of(this.#bestLoss, adam?.firstPower ?? 1, adam?.secondPower ?? 1)),
    };
  }

  get #batchCount(): number {
    return Math.ceil(this.#samples.training.length / this.#hyperparameters.batchSize);
  }

  #trainBatch(network: LoadedNetwork): void {
    const { batchSize, dropout, learningRate } = this.#hyperparameters;
    const order = this.#samplesOfEpoch();
    const samples = order.subarray(this.#batch * batchSize, (this.#batch + 1) * batchSize);
    const masked = dropout > 0;
    if (masked) {
      const random = new SeededRandom(deriveSeed(this.#seed, 'dropout', this.#epoch, this.#batch));
      fillDropoutMasks(
        network.masks,
        this.#shape,
        network.sampleStride,
        samples.length,
        dropout,
        () => random,
      );
    }
    network.forward(samples, masked);
    const loss = network.loss(samples.length);
    const norm = network.backward(samples.length, masked);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw this.#notFinite('loss or gradient');
    network.update(learningRate, norm > GRADIENT_LIMIT ? GRADIENT_LIMIT / norm : 1);
    this.#batch++;
  }

  #endEpoch(network: LoadedNetwork): void {
    if (!network.parameters.every(Number.isFinite)) throw this.#notFinite('weights');
    this.#epoch++;
    this.#batch = 0;
    const loss = this.#stoppingLoss(network);
    if (loss < this.#bestLoss) {
      this.#bestLoss = loss;
      this.#bestEpoch = this.#epoch;
      this.#best = network.parameters.slice();
    }
    this.#stopped = this.#epoch >= this.#hyperparameters.epochs || this.#epoch - this.#bestEpoch >= PATIENCE;
  }

  #stoppingLoss(network: LoadedNetwork): number {
    const { stopping } = this.#samples;
    let loss = 0;
    for (let from = 0; from < stopping.length; from += network.batch) {
      const samples = stopping.subarray(from, from + network.batch);
      network.forward(samples);
      loss += network.loss(samples.length);
    }
    if (!Number.isFinite(loss)) throw this.#notFinite('loss');
    return loss / stopping.length;
  }

  #samplesOfEpoch(): Int32Array {
    if (this.#order?.epoch !== this.#epoch) {
      const random = new SeededRandom(deriveSeed(this.#seed, 'order', this.#epoch));
      const { training } = this.#samples;
      const samples = random.permutation(training.length).map((i) => training[i]);
      this.#order = { epoch: this.#epoch, samples };
    }
    return this.#order.samples;
  }

  #resume(checkpoint: Json): void {
    const state = checkpoint as { readonly [key: string]: Json };
    const { length } = this.#parameters;
    try {
      this.#parameters = floats(state.parameters, length);
      this.#best = floats(state.best, length);
      const [bestLoss, firstPower, secondPower] = decodeFloat64(state.scalars as string);
      this.#bestLoss = bestLoss;
      if (state.first !== null) {
        const first = floats(state.first, length);
        this.#adam = { first, second: floats(state.second, length), firstPower, secondPower };
      }
    } catch (error) {
      throw new FitError(
        'invalid_artifact',
        `Not a checkpoint of this LSTM fit: ${(error as Error).message}`,
      );
    }
    this.#epoch = state.epoch as number;
    this.#batch = state.batch as number;
    this.#bestEpoch = state.bestEpoch as number;
    this.#stopped = state.stopped as boolean;
  }

  #notFinite(what: string): FitError {
    const epoch = this.#epoch + 1;
    return new FitError(
      'not_finite',
      `The LSTM's ${what} for ${this.#symbol} are not finite in epoch ${epoch}: lower the learning rate.`,
      { symbol: this.#symbol, epoch },
    );
  }
}

function floats(encoded: Json, length: number): Float32Array {
  const values = decodeFloat32(encoded as string);
  if (values.length !== length) throw new RangeError(`${values.length} values where ${length} are needed`);
  return values;
}
