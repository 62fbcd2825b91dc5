import { sigmoid, tanh } from './activations.ts';
import { type NetworkShape, type ParameterLayout, parameterLayout } from './network-shape.ts';

/** The log scale is held within these bounds: e^-4 to e^4 times the volatility known at the cutoff. */
const LOG_SCALE_LIMIT = 4;

/**
 * One LSTM layer (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000) and two linear heads on its
 * last hidden state: the location and the log scale of the next bar's standardised return. The log scale also has a
 * linear path past the layer.
 *
 * It has buffers for one sample, and no parameters: they are handed in as one flat vector (see {@link parameterLayout}).
 * `backward` differentiates the sample that `forward` saw last.
 */
export class LstmNetwork {
  readonly shape: NetworkShape;
  readonly layout: ParameterLayout;
  /** The outcome of the last `forward`. */
  location = 0;
  /** The outcome of the last `forward`, within its bounds. */
  logScale = 0;

  /** Inputs, previous hidden state and 1, for each bar. */
  readonly #rows: Float64Array;
  /** Gates after their activation, for each bar: unit x 4. */
  readonly #gates: Float64Array;
  /** Cell states; the first row is the zero state before the first bar. */
  readonly #cells: Float64Array;
  readonly #cellTanh: Float64Array;
  /** The last hidden state, after dropout. */
  readonly #output: Float64Array;
  readonly #skip: Float64Array;
  readonly #hiddenGradient: Float64Array;
  readonly #nextHiddenGradient: Float64Array;
  readonly #cellGradient: Float64Array;
  #mask: Float64Array | undefined;
  #logScaleBounded = false;

  constructor(shape: NetworkShape) {
    this.shape = shape;
    this.layout = parameterLayout(shape);
    const { hidden, lookback, skipInputs } = shape;
    this.#rows = new Float64Array((lookback + 1) * this.layout.row);
    this.#gates = new Float64Array(lookback * hidden * 4);
    this.#cells = new Float64Array((lookback + 1) * hidden);
    this.#cellTanh = new Float64Array(lookback * hidden);
    this.#output = new Float64Array(hidden);
    this.#skip = new Float64Array(skipInputs);
    this.#hiddenGradient = new Float64Array(hidden);
    this.#nextHiddenGradient = new Float64Array(hidden);
    this.#cellGradient = new Float64Array(hidden);
  }

  /**
   * Computes `location` and `logScale` of one sample.
   *
   * @param inputs rows of `shape.inputs` values, one a bar
   * @param cutoff the row of the sample's last bar; the sample has the `lookback` rows that end there
   * @param skip rows of `shape.skipInputs` values, one a bar; the row `cutoff` is used
   * @param mask factors by which the last hidden state is multiplied (dropout); none by default
   */
  forward(
    parameters: Float64Array,
    inputs: Float64Array,
    skip: Float64Array,
    cutoff: number,
    mask?: Float64Array,
  ): void {
    const { inputs: inputCount, hidden, lookback, skipInputs } = this.shape;
    const { row, location, logScale } = this.layout;
    const rows = this.#rows;
    const gates = this.#gates;
    const cells = this.#cells;
    const cellTanh = this.#cellTanh;
    rows.fill(0, inputCount, inputCount + hidden);
    cells.fill(0, 0, hidden);

    for (let t = 0; t < lookback; t++) {
      const rowStart = t * row;
      const from = (cutoff - lookback + 1 + t) * inputCount;
      for (let j = 0; j < inputCount; j++) rows[rowStart + j] = inputs[from + j];
      rows[rowStart + row - 1] = 1;
      const nextHidden = rowStart + row + inputCount;
      let weight = 0;
      for (let k = 0; k < hidden; k++) {
        let a = 0;
        let b = 0;
        let c = 0;
        let d = 0;
        for (let j = 0; j < row; j++, weight += 4) {
          const value = rows[rowStart + j];
          a += parameters[weight] * value;
          b += parameters[weight + 1] * value;
          c += parameters[weight + 2] * value;
          d += parameters[weight + 3] * value;
        }
        const inputGate = sigmoid(a);
        const forgetGate = sigmoid(b);
        const candidate = tanh(c);
        const outputGate = sigmoid(d);
        const gate = (t * hidden + k) * 4;
        gates[gate] = inputGate;
        gates[gate + 1] = forgetGate;
        gates[gate + 2] = candidate;
        gates[gate + 3] = outputGate;
        const cell = forgetGate * cells[t * hidden + k] + inputGate * candidate;
        const squashed = tanh(cell);
        cells[(t + 1) * hidden + k] = cell;
        cellTanh[t * hidden + k] = squashed;
        rows[nextHidden + k] = outputGate * squashed;
      }
    }

    const lastHidden = lookback * row + inputCount;
    let locationSum = parameters[location + hidden];
    let logScaleSum = parameters[logScale + hidden + skipInputs];
    for (let k = 0; k < hidden; k++) {
      const value = mask === undefined ? rows[lastHidden + k] : rows[lastHidden + k] * mask[k];
      this.#output[k] = value;
      locationSum += parameters[location + k] * value;
      logScaleSum += parameters[logScale + k] * value;
    }
    for (let j = 0; j < skipInputs; j++) {
      const value = skip[cutoff * skipInputs + j];
      this.#skip[j] = value;
      logScaleSum += parameters[logScale + hidden + j] * value;
    }
    this.#mask = mask;
    this.#logScaleBounded = logScaleSum > LOG_SCALE_LIMIT || logScaleSum < -LOG_SCALE_LIMIT;
    this.location = locationSum;
    this.logScale = Math.max(-LOG_SCALE_LIMIT, Math.min(LOG_SCALE_LIMIT, logScaleSum));
  }

  /**
   * Adds to `gradient` the derivative of a loss of the last sample, by backpropagation through time.
   *
   * @param locationGradient derivative of the loss by `location`
   * @param logScaleGradient derivative of the loss by `logScale`
   */
  backward(
    parameters: Float64Array,
    gradient: Float64Array,
    locationGradient: number,
    logScaleGradient: number,
  ): void {
    const { inputs: inputCount, hidden, lookback, skipInputs } = this.shape;
    const { row, location, logScale } = this.layout;
    const rows = this.#rows;
    const gates = this.#gates;
    const cells = this.#cells;
    const cellTanh = this.#cellTanh;
    const mask = this.#mask;
    const scaleGradient = this.#logScaleBounded ? 0 : logScaleGradient;
    let hiddenGradient = this.#hiddenGradient;
    let nextHiddenGradient = this.#nextHiddenGradient;
    const cellGradient = this.#cellGradient;

    for (let k = 0; k < hidden; k++) {
      gradient[location + k] += locationGradient * this.#output[k];
      gradient[logScale + k] += scaleGradient * this.#output[k];
      const sum = locationGradient * parameters[location + k] + scaleGradient * parameters[logScale + k];
      hiddenGradient[k] = mask === undefined ? sum : sum * mask[k];
      cellGradient[k] = 0;
    }
    gradient[location + hidden] += locationGradient;
    for (let j = 0; j < skipInputs; j++) gradient[logScale + hidden + j] += scaleGradient * this.#skip[j];
    gradient[logScale + hidden + skipInputs] += scaleGradient;

    for (let t = lookback - 1; t >= 0; t--) {
      const rowStart = t * row;
      nextHiddenGradient.fill(0);
      let weight = 0;
      for (let k = 0; k < hidden; k++) {
        const gate = (t * hidden + k) * 4;
        const inputGate = gates[gate];
        const forgetGate = gates[gate + 1];
        const candidate = gates[gate + 2];
        const outputGate = gates[gate + 3];
        const squashed = cellTanh[t * hidden + k];
        const byHidden = hiddenGradient[k];
        const byCell = cellGradient[k] + byHidden * outputGate * (1 - squashed * squashed);
        const a = byCell * candidate * inputGate * (1 - inputGate);
        const b = byCell * cells[t * hidden + k] * forgetGate * (1 - forgetGate);
        const c = byCell * inputGate * (1 - candidate * candidate);
        const d = byHidden * squashed * outputGate * (1 - outputGate);
        cellGradient[k] = byCell * forgetGate;

        for (let j = 0; j < inputCount; j++, weight += 4) {
          const value = rows[rowStart + j];
          gradient[weight] += a * value;
          gradient[weight + 1] += b * value;
          gradient[weight + 2] += c * value;
          gradient[weight + 3] += d * value;
        }
        for (let j = 0; j < hidden; j++, weight += 4) {
          const value = rows[rowStart + inputCount + j];
          gradient[weight] += a * value;
          gradient[weight + 1] += b * value;
          gradient[weight + 2] += c * value;
          gradient[weight + 3] += d * value;
          nextHiddenGradient[j] +=
            a * parameters[weight] +
            b * parameters[weight + 1] +
            c * parameters[weight + 2] +
            d * parameters[weight + 3];
        }
        gradient[weight] += a;
        gradient[weight + 1] += b;
        gradient[weight + 2] += c;
        gradient[weight + 3] += d;
        weight += 4;
      }
      const done = hiddenGradient;
      hiddenGradient = nextHiddenGradient;
      nextHiddenGradient = done;
    }
  }
}
