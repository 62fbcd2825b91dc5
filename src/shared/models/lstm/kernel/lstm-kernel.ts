import { decodeBase64 } from '../../../numerics/base64-codec.ts';
import type { SeededRandom } from '../../../numerics/random.ts';
import { Adam, type AdamState } from '../../networks/adam.ts';
import type { Network, NetworkData } from '../../networks/network.ts';
import { requireLength } from '../../networks/require-length.ts';
import { requireSamples } from '../../networks/require-samples.ts';
import { fillDropoutMasks } from '../dropout-masks.ts';
import type { NetworkShape } from '../network-shape.ts';
import { LSTM_KERNEL_BASE64 } from './lstm-kernel-bytes.ts';

/** What `src/assembly/lstm-kernel/index.ts` exports; pointers are in bytes. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  configure(
    inputs: number,
    skipInputs: number,
    hidden: number,
    layers: number,
    lookback: number,
    batch: number,
    bars: number,
    degreesOfFreedom: number,
  ): void;
  forward(count: number, masked: boolean): void;
  heads(count: number, masked: boolean): void;
  loss(count: number): number;
  backward(count: number, masked: boolean): void;
  gradientNorm(): number;
  update(factor: number, stepSize: number, epsilon: number): void;
  parameterCount(): number;
  parameters(): number;
  gradient(): number;
  firstMoment(): number;
  secondMoment(): number;
  inputRows(): number;
  skipRows(): number;
  targets(): number;
  samples(): number;
  masks(): number;
  locations(): number;
  logScales(): number;
}

let instance: KernelExports | undefined;
/** Counts the networks that were loaded, so that a view of one that has gone is noticed. */
let generation = 0;

/** One instance for the process: each reserves gigabytes of address space until it is collected. */
function kernelExports(): KernelExports {
  if (instance === undefined) {
    const module = new WebAssembly.Module(decodeBase64(LSTM_KERNEL_BASE64));
    instance = new WebAssembly.Instance(module).exports as unknown as KernelExports;
  }
  return instance;
}

/**
 * A network in the kernel's memory: a WebAssembly module (strict SIMD, single precision, sums of losses and norms in
 * double precision) with the same bits on every runtime.
 *
 * The kernel holds one network at a time, and a new one takes the place of the one before: load, compute, and copy out
 * what is to last, all within one synchronous piece of work. Arrays that it gives are views of its memory.
 */
export class LoadedNetwork implements Network {
  /** See `parameterLayout`; writable. */
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  /** Samples at most of one `forward`. */
  readonly batch: number;
  /** Samples between one layer's masks and the next's. */
  readonly sampleStride: number;
  /** Factors of each layer's output, layer x sample x unit, by which a masked `forward` multiplies; writable. */
  readonly masks: Float32Array;
  readonly #exports: KernelExports;
  readonly #generation: number;
  readonly #adam: Adam;
  readonly #samples: Int32Array;
  readonly #locations: Float32Array;
  readonly #logScales: Float32Array;
  /** Bars in the data. */
  readonly #bars: number;
  readonly #shape: NetworkShape;
  /** Samples of the last `forward`. */
  #count = 0;

  /**
   * @param batch samples at most of one `forward`
   * @param degreesOfFreedom of the Student t whose likelihood is the loss
   * @throws RangeError when the data or the parameters do not have the network's sizes
   */
  constructor(
    shape: NetworkShape,
    data: NetworkData,
    parameters: Float32Array,
    batch: number,
    degreesOfFreedom: number,
  ) {
    const { inputs, skipInputs, hidden, layers, lookback } = shape;
    if (hidden % 4 !== 0) throw new RangeError(`The kernel takes units by four, not ${hidden}`);
    const bars = data.targets.length;
    requireLength('inputs', data.inputs, bars * inputs);
    requireLength('skip inputs', data.skip, bars * skipInputs);
    const kernel = kernelExports();
    kernel.configure(inputs, skipInputs, hidden, layers, lookback, batch, bars, degreesOfFreedom);
    generation++;
    this.#exports = kernel;
    this.#generation = generation;
    this.batch = batch;
    this.#bars = bars;
    this.#shape = shape;
    const { buffer } = kernel.memory;
    const count = kernel.parameterCount();
    requireLength('parameters', parameters, count);
    this.sampleStride = Math.ceil(batch / 4) * 4;
    this.parameters = new Float32Array(buffer, kernel.parameters(), count);
    this.gradient = new Float32Array(buffer, kernel.gradient(), count);
    this.#adam = new Adam(
      new Float32Array(buffer, kernel.firstMoment(), count),
      new Float32Array(buffer, kernel.secondMoment(), count),
    );
    this.#samples = new Int32Array(buffer, kernel.samples(), batch);
    this.masks = new Float32Array(buffer, kernel.masks(), layers * this.sampleStride * hidden);
    this.#locations = new Float32Array(buffer, kernel.locations(), batch);
    this.#logScales = new Float32Array(buffer, kernel.logScales(), batch);
    new Float32Array(buffer, kernel.inputRows(), data.inputs.length).set(data.inputs);
    new Float32Array(buffer, kernel.skipRows(), data.skip.length).set(data.skip);
    new Float32Array(buffer, kernel.targets(), bars).set(data.targets);
    this.parameters.set(parameters);
  }

  drawMasks(count: number, rate: number, randomOf: (sample: number) => SeededRandom): void {
    fillDropoutMasks(this.masks, this.#shape, this.sampleStride, count, rate, randomOf);
  }

  /**
   * Location and log scale of the samples that end at the bars `samples`. The log scale is without its bounds.
   *
   * @throws RangeError for more samples than `batch`, none, or one whose `lookback` bars are not all in the data
   */
  forward(
    samples: Int32Array,
    masked = false,
  ): { readonly locations: Float32Array; readonly logScales: Float32Array } {
    this.#requireLoaded();
    // The kernel itself checks nothing: a sample outside would be read from foreign memory.
    requireSamples(samples, this.batch, this.#shape.lookback, this.#bars);
    this.#samples.set(samples);
    this.#count = samples.length;
    this.#exports.forward(this.#count, masked);
    return this.#outputs();
  }

  /**
   * The samples of the last `forward` again, with the top layer's masks as they are now. Of a network of one layer this is
   * what `forward` would give, without running the layer again.
   */
  heads(): { readonly locations: Float32Array; readonly logScales: Float32Array } {
    this.#requireLoaded();
    this.#exports.heads(this.#count, true);
    return this.#outputs();
  }

  again(): { readonly locations: Float32Array; readonly logScales: Float32Array } {
    // One layer does not depend on its mask: what another mask changes is seen by the heads alone.
    if (this.#shape.layers === 1) return this.heads();
    this.#requireLoaded();
    this.#exports.forward(this.#count, true);
    return this.#outputs();
  }

  /** Sum of the losses of the samples of the last `forward`. */
  loss(): number {
    this.#requireLoaded();
    return this.#exports.loss(this.#count);
  }

  /**
   * Sets `gradient` to that of the mean loss of the samples of the last `forward`, and gives its Euclidean norm.
   *
   * @param masked as in that `forward`
   */
  backward(masked = false): number {
    this.#requireLoaded();
    this.#exports.backward(this.#count, masked);
    return this.#exports.gradientNorm();
  }

  /**
   * One step of Adam (Kingma and Ba 2015) against the gradient.
   *
   * @param factor by which the gradient is multiplied first (clipping)
   */
  update(learningRate: number, factor: number): void {
    this.#requireLoaded();
    const { stepSize, epsilon } = this.#adam.step(learningRate);
    this.#exports.update(factor, stepSize, epsilon);
  }

  /** A copy of the optimiser's state. */
  adamState(): AdamState {
    this.#requireLoaded();
    return this.#adam.state();
  }

  /** Goes on from a state that {@link adamState} gave. */
  restoreAdam(state: AdamState): void {
    this.#requireLoaded();
    this.#adam.restore(state);
  }

  #outputs(): { readonly locations: Float32Array; readonly logScales: Float32Array } {
    return {
      locations: this.#locations.subarray(0, this.#count),
      logScales: this.#logScales.subarray(0, this.#count),
    };
  }

  #requireLoaded(): void {
    if (this.#generation !== generation) {
      throw new Error('Another network has been loaded into the kernel since');
    }
  }
}
