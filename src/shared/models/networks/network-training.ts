import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { encodeFloat32 } from '../../numerics/float32-codec.ts';
import { encodeFloat64 } from '../../numerics/float64-codec.ts';
import { SeededRandom } from '../../numerics/random.ts';
import type { Resumable, StepBudget } from '../forecaster.ts';
import { requireDone, workThrough } from '../resumable/work-through.ts';
import type { AdamState } from './adam.ts';
import { CheckpointReader } from './checkpoint-reader.ts';
import type { Network, NetworkData } from './network.ts';
import type { NetworkHyperparameters, NetworkKind } from './network-kind.ts';

/** Epochs without a better loss on the stopping samples after which training stops. */
export const PATIENCE = 4;
/** The gradient's norm is held within this (Pascanu, Mikolov and Bengio 2013). */
export const GRADIENT_LIMIT = 1;

/** Stopping samples of one unit of work. */
const STOPPING_UNIT = 256;

/** What a network is trained on. A sample is named by its last bar's row. */
export interface TrainingSamples {
  readonly data: NetworkData;
  readonly training: Int32Array;
  /** For early stopping. */
  readonly stopping: Int32Array;
}

/**
 * The training of one network: the loss of the stopping samples before anything is learned, then epoch by epoch all batches
 * and that loss again. One unit of work is one batch, or the loss of some hundred stopping samples.
 *
 * All randomness of an epoch and batch derives from the seed and their numbers, so that its state is that of the generator.
 */
export class NetworkTraining<H extends NetworkHyperparameters> implements Resumable<Float32Array> {
  readonly #kind: NetworkKind<H>;
  readonly #hyperparameters: H;
  readonly #symbol: string;
  readonly #samples: TrainingSamples;
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
  /** Of the loss under way: stopping samples seen, and the sum of their losses. Null while batches are. */
  #stopping: { readonly seen: number; readonly loss: number } | null = { seen: 0, loss: 0 };
  #stopped = false;
  #order: { readonly epoch: number; readonly samples: Int32Array } | undefined;

  /** @throws FitError `invalid_artifact` for another training's checkpoint */
  constructor(
    kind: NetworkKind<H>,
    hyperparameters: H,
    symbol: string,
    samples: TrainingSamples,
    seed: number,
    checkpoint?: Json,
  ) {
    this.#kind = kind;
    this.#hyperparameters = hyperparameters;
    this.#symbol = symbol;
    this.#samples = samples;
    this.#seed = seed;
    const random = new SeededRandom(deriveSeed(seed, 'parameters'));
    this.#parameters = kind.initialParameters(hyperparameters, random);
    this.#best = this.#parameters.slice();
    if (checkpoint !== undefined) this.#resume(checkpoint);
  }

  /**
   * Works until training has stopped or the budget expires, and at least one unit. True when it has stopped.
   *
   * @throws FitError `not_finite` with symbol and epoch
   */
  step(budget: StepBudget): boolean {
    if (this.#stopped) return true;
    const { batchSize } = this.#hyperparameters;
    const { data } = this.#samples;
    const network = this.#kind.load(this.#hyperparameters, data, this.#parameters, batchSize);
    if (this.#adam !== undefined) network.restoreAdam(this.#adam);
    const done = workThrough(
      budget,
      () => this.#stopped,
      () => {
        if (this.#stopping !== null) this.#measureStopping(network, this.#stopping);
        else this.#trainBatch(network);
      },
    );
    this.#parameters = network.parameters.slice();
    this.#adam = network.adamState();
    return done;
  }

  /** Share of the batches and losses done; 1 when training has stopped, be it early. */
  progress(): number {
    if (this.#stopped) return 1;
    const { stopping } = this.#samples;
    const measured = (this.#stopping?.seen ?? 0) / stopping.length;
    // Before the first epoch there is one loss more.
    const first = this.#bestLoss < Number.POSITIVE_INFINITY ? 1 : 0;
    const perEpoch = this.#batchCount + 1;
    const done = first + this.#epoch * perEpoch + this.#batch + measured;
    return done / (1 + this.#hyperparameters.epochs * perEpoch);
  }

  /** The parameters of the best epoch. @throws Error before `step` returned true */
  result(): Float32Array {
    requireDone(this.#stopped);
    return this.#best;
  }

  checkpoint(): Json {
    const adam = this.#adam;
    return {
      epoch: this.#epoch,
      batch: this.#batch,
      stopped: this.#stopped,
      bestEpoch: this.#bestEpoch,
      stoppingSeen: this.#stopping?.seen ?? null,
      parameters: encodeFloat32(this.#parameters),
      best: encodeFloat32(this.#best),
      first: adam === undefined ? null : encodeFloat32(adam.first),
      second: adam === undefined ? null : encodeFloat32(adam.second),
      scalars: encodeFloat64(
        Float64Array.of(
          ...[this.#bestLoss, this.#stopping?.loss ?? 0],
          ...[adam?.firstPower ?? 1, adam?.secondPower ?? 1],
        ),
      ),
    };
  }

  get #batchCount(): number {
    return Math.ceil(this.#samples.training.length / this.#hyperparameters.batchSize);
  }

  #trainBatch(network: Network): void {
    const { batchSize, dropout, learningRate } = this.#hyperparameters;
    const order = this.#samplesOfEpoch();
    const samples = order.subarray(this.#batch * batchSize, (this.#batch + 1) * batchSize);
    const masked = dropout > 0;
    if (masked) {
      const random = new SeededRandom(deriveSeed(this.#seed, 'dropout', this.#epoch, this.#batch));
      network.drawMasks(samples.length, dropout, () => random);
    }
    network.forward(samples, masked);
    const loss = network.loss();
    const norm = network.backward(masked);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw this.#notFinite('loss or gradient');
    network.update(learningRate, norm > GRADIENT_LIMIT ? GRADIENT_LIMIT / norm : 1);
    this.#batch++;
    if (this.#batch < this.#batchCount) return;
    if (!network.parameters.every(Number.isFinite)) throw this.#notFinite('weights');
    this.#stopping = { seen: 0, loss: 0 };
  }

  /** Before the first epoch the loss of the initial network, after each that of the epoch's. */
  #measureStopping(network: Network, { seen, loss }: { seen: number; loss: number }): void {
    const { stopping } = this.#samples;
    const end = Math.min(seen + STOPPING_UNIT, stopping.length);
    let sum = loss;
    for (let from = seen; from < end; from += network.batch) {
      network.forward(stopping.subarray(from, Math.min(from + network.batch, end)));
      sum += network.loss();
    }
    if (!Number.isFinite(sum)) throw this.#notFinite('loss');
    this.#stopping = { seen: end, loss: sum };
    if (end === stopping.length) this.#endEpoch(network, sum / end);
  }

  #endEpoch(network: Network, loss: number): void {
    this.#stopping = null;
    if (this.#batch === this.#batchCount) {
      this.#epoch++;
      this.#batch = 0;
    }
    if (loss < this.#bestLoss) {
      this.#bestLoss = loss;
      this.#bestEpoch = this.#epoch;
      this.#best = network.parameters.slice();
    }
    this.#stopped = this.#epoch >= this.#hyperparameters.epochs || this.#epoch - this.#bestEpoch >= PATIENCE;
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
    const { epochs } = this.#hyperparameters;
    const { length } = this.#parameters;
    const state = new CheckpointReader(checkpoint, this.#kind.name);
    this.#epoch = state.integer('epoch', 0, epochs);
    this.#batch = state.integer('batch', 0, this.#batchCount);
    this.#bestEpoch = state.integer('bestEpoch', 0, this.#epoch);
    this.#stopped = state.boolean('stopped');
    this.#parameters = state.floats('parameters', length);
    this.#best = state.floats('best', length);
    const [bestLoss, loss, firstPower, secondPower] = state.doubles('scalars', 4);
    this.#bestLoss = bestLoss;
    this.#stopping = state.isNull('stoppingSeen')
      ? null
      : { seen: state.integer('stoppingSeen', 0, this.#samples.stopping.length - 1), loss };
    if (!state.isNull('first')) {
      const first = state.floats('first', length);
      this.#adam = { first, second: state.floats('second', length), firstPower, secondPower };
    }
  }

  #notFinite(what: string): FitError {
    const epoch = this.#epoch + 1;
    return new FitError(
      'not_finite',
      `The ${this.#kind.name}'s ${what} for ${this.#symbol} are not finite in epoch ${epoch}: lower the learning rate`,
      { symbol: this.#symbol, epoch },
    );
  }
}
