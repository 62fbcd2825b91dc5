import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import type { SeededRandom } from '../../numerics/random.ts';
import { Adam, type AdamState, FIRST_DECAY, SECOND_DECAY } from '../networks/adam.ts';
import type { Network, NetworkData } from '../networks/network.ts';
import { LOG_SCALE_LIMIT } from '../networks/network-forecasts.ts';
import { requireLength } from '../networks/require-length.ts';
import { requireSamples } from '../networks/require-samples.ts';
import { DEGREES_OF_FREEDOM } from '../networks/student-t-likelihood.ts';
import { type DenseMap, mapRows, mapRowsBackward } from './dense-map.ts';
import { EncoderBlock } from './encoder-block.ts';
import { type EncoderLayout, type EncoderShape, encoderLayout } from './encoder-shape.ts';
import { LayerNorm } from './layer-norm.ts';
import { sinusoidalPositions } from './positions.ts';

/**
 * An encoder (Vaswani et al. 2017) with its data: the bars of a sample, each by its inputs and its position, go through blocks of
 * self-attention; of the last bar two heads make location and log scale, which also sees the skip inputs linearly.
 *
 * Parameters and moments are of single precision, all else of double; plain loops, so the bits are the same everywhere.
 */
export class Encoder implements Network {
  readonly parameters: Float32Array;
  readonly batch: number;
  /** Of the mean loss of the last `backward`. */
  readonly gradient: Float64Array;
  readonly #shape: EncoderShape;
  readonly #layout: EncoderLayout;
  readonly #data: NetworkData;
  readonly #embedding: DenseMap;
  readonly #positions: Float64Array;
  readonly #blocks: readonly EncoderBlock[];
  readonly #outputNorm: LayerNorm;
  /** Sample x bar x inputs. */
  readonly #inputs: Float64Array;
  /** Sample x bar x width. */
  readonly #embedded: Float64Array;
  /** Factors of what the heads see, sample x width. */
  readonly #masks: Float64Array;
  /** What the heads see, sample x width. */
  readonly #outputs: Float64Array;
  readonly #locations: Float64Array;
  readonly #logScales: Float64Array;
  #samples: Int32Array = new Int32Array(0);
  readonly #adam: Adam;

  /**
   * @param parameters see `encoderLayout`; copied
   * @param batch samples at most of one `forward`
   * @throws RangeError when the data or the parameters do not have the encoder's sizes
   */
  constructor(shape: EncoderShape, data: NetworkData, parameters: Float32Array, batch: number) {
    const { inputs, width, lookback, skipInputs } = shape;
    const layout = encoderLayout(shape);
    requireLength('inputs', data.inputs, data.targets.length * inputs);
    requireLength('skip inputs', data.skip, data.targets.length * skipInputs);
    requireLength('parameters', parameters, layout.length);
    this.batch = batch;
    this.parameters = parameters.slice();
    this.gradient = new Float64Array(layout.length);
    this.#shape = shape;
    this.#layout = layout;
    this.#data = data;
    this.#embedding = { offset: layout.embedding, inputs, outputs: width, biased: true };
    this.#positions = sinusoidalPositions(lookback, width);
    this.#blocks = layout.blocks.map(
      (block, i) => new EncoderBlock(shape, block, batch, i === layout.blocks.length - 1 ? 1 : lookback),
    );
    this.#outputNorm = new LayerNorm(layout.outputNorm, width, batch);
    this.#inputs = new Float64Array(batch * lookback * inputs);
    this.#embedded = new Float64Array(batch * lookback * width);
    this.#masks = new Float64Array(batch * width).fill(1);
    this.#outputs = new Float64Array(batch * width);
    this.#locations = new Float64Array(batch);
    this.#logScales = new Float64Array(batch);
    this.#adam = new Adam(new Float32Array(layout.length), new Float32Array(layout.length));
  }

  drawMasks(count: number, rate: number, randomOf: (sample: number) => SeededRandom): void {
    const { width } = this.#shape;
    const kept = 1 / (1 - rate);
    for (let sample = 0; sample < count; sample++) {
      const random = randomOf(sample);
      for (let j = 0; j < width; j++) this.#masks[sample * width + j] = random.uniform() < rate ? 0 : kept;
    }
  }

  /** @throws RangeError for more samples than `batch`, none, or one whose `lookback` bars are not all in the data */
  forward(samples: Int32Array, masked = false): { locations: Float64Array; logScales: Float64Array } {
    requireSamples(samples, this.batch, this.#shape.lookback, this.#data.targets.length);
    this.#samples = samples.slice();
    const { inputs, lookback } = this.#shape;
    const count = samples.length;
    for (let sample = 0; sample < count; sample++) {
      const from = (samples[sample] - lookback + 1) * inputs;
      const to = sample * lookback * inputs;
      for (let i = 0; i < lookback * inputs; i++) this.#inputs[to + i] = this.#data.inputs[from + i];
    }
    mapRows(this.#embedding, this.parameters, count * lookback, this.#inputs, this.#embedded);
    for (let sample = 0; sample < count; sample++) {
      const to = sample * this.#positions.length;
      for (let i = 0; i < this.#positions.length; i++) this.#embedded[to + i] += this.#positions[i];
    }
    let bars = this.#embedded;
    for (const block of this.#blocks) {
      block.forward(this.parameters, count, bars);
      bars = block.result;
    }
    this.#outputNorm.forward(this.parameters, count, bars);
    return this.#heads(masked);
  }

  /** Masks are of what the heads see, so that the blocks need not run again. */
  again(): { locations: Float64Array; logScales: Float64Array } {
    return this.#heads(true);
  }

  loss(): number {
    const freedom = DEGREES_OF_FREEDOM;
    let sum = 0;
    for (let sample = 0; sample < this.#samples.length; sample++) {
      const logScale = bounded(this.#logScales[sample]);
      const z = this.#deviation(sample) / exp(logScale);
      sum += logScale + ((freedom + 1) / 2) * ln((freedom + z * z) / freedom);
    }
    return sum;
  }

  backward(masked = false): number {
    const count = this.#samples.length;
    this.gradient.fill(0);
    const byNormed = this.#headsBackward(masked);
    let byBars: Float64Array = new Float64Array(byNormed.length);
    this.#outputNorm.backward(this.parameters, this.gradient, count, byNormed, byBars);
    for (let i = this.#blocks.length - 1; i >= 0; i--) {
      byBars = this.#blocks[i].backward(this.parameters, this.gradient, count, byBars);
    }
    const rows = count * this.#shape.lookback;
    mapRowsBackward(this.#embedding, this.parameters, this.gradient, rows, this.#inputs, byBars, null);
    let squares = 0;
    for (const slope of this.gradient) squares += slope * slope;
    return Math.sqrt(squares);
  }

  update(learningRate: number, factor: number): void {
    const { stepSize, epsilon } = this.#adam.step(learningRate);
    const { first, second } = this.#adam;
    const { parameters } = this;
    for (let i = 0; i < parameters.length; i++) {
      const slope = factor * this.gradient[i];
      first[i] = FIRST_DECAY * first[i] + (1 - FIRST_DECAY) * slope;
      second[i] = SECOND_DECAY * second[i] + (1 - SECOND_DECAY) * slope * slope;
      parameters[i] -= (stepSize * first[i]) / (Math.sqrt(second[i]) + epsilon);
    }
  }

  adamState(): AdamState {
    return this.#adam.state();
  }

  restoreAdam(state: AdamState): void {
    this.#adam.restore(state);
  }

  #heads(masked: boolean): { locations: Float64Array; logScales: Float64Array } {
    const { width, skipInputs } = this.#shape;
    const { location, logScale } = this.#layout;
    const { parameters } = this;
    const normed = this.#outputNorm.result;
    const count = this.#samples.length;
    for (let sample = 0; sample < count; sample++) {
      let locationSum = parameters[location + width];
      let logScaleSum = parameters[logScale + width + skipInputs];
      for (let j = 0; j < width; j++) {
        const i = sample * width + j;
        const output = masked ? normed[i] * this.#masks[i] : normed[i];
        this.#outputs[i] = output;
        locationSum += output * parameters[location + j];
        logScaleSum += output * parameters[logScale + j];
      }
      const skip = this.#samples[sample] * skipInputs;
      for (let j = 0; j < skipInputs; j++) {
        logScaleSum += this.#data.skip[skip + j] * parameters[logScale + width + j];
      }
      this.#locations[sample] = locationSum;
      this.#logScales[sample] = logScaleSum;
    }
    return { locations: this.#locations.subarray(0, count), logScales: this.#logScales.subarray(0, count) };
  }

  /** Adds the heads' own part to the gradient. @returns the derivative by what is masked, sample x width */
  #headsBackward(masked: boolean): Float64Array {
    const { width, skipInputs } = this.#shape;
    const { location, logScale } = this.#layout;
    const { parameters, gradient } = this;
    const count = this.#samples.length;
    const freedom = DEGREES_OF_FREEDOM;
    const byNormed = new Float64Array(count * width);
    for (let sample = 0; sample < count; sample++) {
      const value = bounded(this.#logScales[sample]);
      const scale = exp(value);
      const z = this.#deviation(sample) / scale;
      // The derivative of the second term by z is bounded: an outlier pulls no harder than a large return.
      const pull = ((freedom + 1) * z) / (freedom + z * z);
      const byLocation = -pull / scale / count;
      const byLogScale = value === this.#logScales[sample] ? (1 - pull * z) / count : 0;
      for (let j = 0; j < width; j++) {
        const i = sample * width + j;
        gradient[location + j] += byLocation * this.#outputs[i];
        gradient[logScale + j] += byLogScale * this.#outputs[i];
        const byOutput = byLocation * parameters[location + j] + byLogScale * parameters[logScale + j];
        byNormed[i] = masked ? byOutput * this.#masks[i] : byOutput;
      }
      gradient[location + width] += byLocation;
      const skip = this.#samples[sample] * skipInputs;
      for (let j = 0; j < skipInputs; j++) {
        gradient[logScale + width + j] += byLogScale * this.#data.skip[skip + j];
      }
      gradient[logScale + width + skipInputs] += byLogScale;
    }
    return byNormed;
  }

  #deviation(sample: number): number {
    return this.#data.targets[this.#samples[sample]] - this.#locations[sample];
  }
}

function bounded(logScale: number): number {
  return Math.max(-LOG_SCALE_LIMIT, Math.min(LOG_SCALE_LIMIT, logScale));
}
