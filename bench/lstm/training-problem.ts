import { initialParameters } from '../../src/shared/models/lstm/initial-parameters.ts';
import { layersModelWeights } from '../../src/shared/models/lstm/layers-model/layers-model-weights.ts';
import type { LstmHyperparameters } from '../../src/shared/models/lstm/lstm-hyperparameters.ts';
import type { NetworkShape } from '../../src/shared/models/lstm/network-shape.ts';
import type { NetworkData } from '../../src/shared/models/networks/network.ts';
import {
  INPUT_COUNT,
  learnInputScaling,
  networkInputs,
  SKIP_COUNT,
} from '../../src/shared/models/networks/network-inputs.ts';
import type { TrainingSamples } from '../../src/shared/models/networks/network-training.ts';
import { deriveSeed } from '../../src/shared/numerics/derive-seed.ts';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import type { Series } from '../../src/shared/series/series.ts';
import type { LstmCase } from './lstm-cases.ts';

const BATCH_SIZE = 32;
const LEARNING_RATE = 0.003;
const SEED = 1;

/** The same epoch for all: JSON, so that every language reads it. */
export interface TrainingProblem {
  readonly id: string;
  readonly shape: NetworkShape;
  readonly batchSize: number;
  readonly learningRate: number;
  /** What our own training, and that by tfjs, derive start and order from. */
  readonly seed: number;
  /** Bars x inputs. */
  readonly inputs: readonly number[];
  /** Bars x skip inputs. */
  readonly skip: readonly number[];
  /** One a bar. */
  readonly targets: readonly number[];
  /** Bars at which the samples end. */
  readonly samples: readonly number[];
  /** The samples as the epoch takes them. */
  readonly order: readonly number[];
  /** The weights before training, in row-major order, as Keras names and lays them out; see `layersModelWeights`. */
  readonly weights: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** What our training takes. */
export interface OurProblem {
  readonly shape: NetworkShape;
  readonly samples: TrainingSamples;
  readonly hyperparameters: LstmHyperparameters;
  readonly seed: number;
}

/**
 * The member's own inputs, and the last samples of a series that have an outcome.
 *
 * @throws RangeError when the series has too few bars
 */
export function trainingProblem(size: LstmCase, series: Series): TrainingProblem {
  const { hidden, layers, lookback } = size;
  const shape = { inputs: INPUT_COUNT, hidden, layers, lookback, skipInputs: SKIP_COUNT };
  const bars = series.close.length;
  const all = networkInputs(series, learnInputScaling(series, bars));
  // The bars before the first sample's do not count; the last bar has no outcome.
  const from = bars - 1 - size.samples - (lookback - 1);
  const data = {
    inputs: all.inputs.subarray(Math.max(0, from) * INPUT_COUNT, (bars - 1) * INPUT_COUNT),
    skip: all.skip.subarray(Math.max(0, from) * SKIP_COUNT, (bars - 1) * SKIP_COUNT),
    targets: all.targets.subarray(Math.max(0, from), bars - 1),
  };
  if (from < 0 || !data.inputs.every(Number.isFinite)) {
    throw new RangeError(`${size.samples} samples need more than the ${bars} bars of ${series.symbol}`);
  }
  const samples = Array.from({ length: size.samples }, (_, i) => lookback - 1 + i);
  const parameters = initialParameters(shape, new SeededRandom(deriveSeed(SEED, 'parameters')));
  const permutation = new SeededRandom(deriveSeed(SEED, 'order', 0)).permutation(samples.length);
  return {
    id: size.id,
    shape,
    batchSize: BATCH_SIZE,
    learningRate: LEARNING_RATE,
    seed: SEED,
    inputs: Array.from(data.inputs),
    skip: Array.from(data.skip),
    targets: Array.from(data.targets),
    samples,
    order: Array.from(permutation, (i) => samples[i]),
    weights: layersModelWeights(shape).map(({ name, indices }) => ({
      name,
      values: Array.from(indices, (index) => parameters[index]),
    })),
  };
}

/** The problem as `NetworkTraining` takes it: one epoch without dropout, and one sample for early stopping. */
export function ourProblem(problem: TrainingProblem): OurProblem {
  const { shape, batchSize, learningRate, seed } = problem;
  const data: NetworkData = {
    inputs: Float32Array.from(problem.inputs),
    skip: Float32Array.from(problem.skip),
    targets: Float32Array.from(problem.targets),
  };
  return {
    shape,
    samples: {
      data,
      training: Int32Array.from(problem.samples),
      stopping: Int32Array.from(problem.samples.slice(-1)),
    },
    hyperparameters: {
      hiddenUnits: shape.hidden,
      layers: shape.layers,
      lookback: shape.lookback,
      learningRate,
      dropout: 0,
      epochs: 1,
      batchSize,
      networks: 1,
      monteCarloPasses: 0,
    },
    seed,
  };
}

/** What workers find of a problem. */
export const FIRST_BATCH_LOSS = 'loss of the first batch';
export const LOSS_AFTER_EPOCH = 'loss after the epoch';
