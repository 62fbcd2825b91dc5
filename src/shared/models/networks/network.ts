import type { SeededRandom } from '../../numerics/random.ts';
import type { AdamState } from './adam.ts';

/** What a network is trained on, or forecasts from. */
export interface NetworkData {
  /** Bars x inputs. */
  readonly inputs: Float32Array;
  /** Bars x skip inputs. */
  readonly skip: Float32Array;
  /** One a bar: what the sample that ends there is to forecast; not looked at by `forward`. */
  readonly targets: Float32Array;
}

/** One of each a sample; views that hold until the network computes again. */
export interface NetworkOutputs {
  readonly locations: ArrayLike<number>;
  /** Without its bounds. */
  readonly logScales: ArrayLike<number>;
}

/** A network with its data and parameters, ready to compute. It need not last beyond one synchronous piece of work. */
export interface Network {
  /** Writable. */
  readonly parameters: Float32Array;
  /** Samples at most of one `forward`. */
  readonly batch: number;
  /**
   * Draws the dropout masks of the samples 0 to `count` - 1.
   *
   * @param rate share that is dropped
   * @param randomOf the generator of a sample's mask; may be the same for all
   */
  drawMasks(count: number, rate: number, randomOf: (sample: number) => SeededRandom): void;
  /**
   * Location and log scale of the samples that end at the bars `samples`.
   *
   * @param masked whether the masks that were drawn are applied; default false
   */
  forward(samples: Int32Array, masked?: boolean): NetworkOutputs;
  /** The samples of the last `forward` again, under the masks drawn since. */
  again(): NetworkOutputs;
  /** Sum of the losses of the samples of the last `forward`. */
  loss(): number;
  /** Computes the gradient of the mean loss of the samples of the last `forward`, and gives its Euclidean norm. */
  backward(masked?: boolean): number;
  /** One step of Adam against the gradient times `factor`. */
  update(learningRate: number, factor: number): void;
  /** A copy of the optimiser's state. */
  adamState(): AdamState;
  /** Goes on from a state that {@link adamState} gave. */
  restoreAdam(state: AdamState): void;
}
