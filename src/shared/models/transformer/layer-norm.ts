/** Keeps a row that does not vary from being divided by 0. */
const EPSILON = 1e-5;

/** Layer normalisation (Ba, Kiros and Hinton 2016): each row less its mean over its deviation, times gains, plus shifts. */
export class LayerNorm {
  /** Of the last `forward`. */
  readonly result: Float64Array;
  readonly #offset: number;
  readonly #width: number;
  /** The rows before gains and shifts, and one over each row's deviation. */
  readonly #normal: Float64Array;
  readonly #inverse: Float64Array;

  /**
   * @param offset of `width` gains and as many shifts among the parameters
   * @param rows at most
   */
  constructor(offset: number, width: number, rows: number) {
    this.#offset = offset;
    this.#width = width;
    this.result = new Float64Array(rows * width);
    this.#normal = new Float64Array(rows * width);
    this.#inverse = new Float64Array(rows);
  }

  forward(parameters: Float32Array, rows: number, rowsIn: Float64Array): void {
    const width = this.#width;
    const gains = this.#offset;
    const shifts = gains + width;
    for (let row = 0; row < rows; row++) {
      const from = row * width;
      let sum = 0;
      for (let j = 0; j < width; j++) sum += rowsIn[from + j];
      const mean = sum / width;
      let squares = 0;
      for (let j = 0; j < width; j++) squares += (rowsIn[from + j] - mean) * (rowsIn[from + j] - mean);
      const inverse = 1 / Math.sqrt(squares / width + EPSILON);
      this.#inverse[row] = inverse;
      for (let j = 0; j < width; j++) {
        const normal = (rowsIn[from + j] - mean) * inverse;
        this.#normal[from + j] = normal;
        this.result[from + j] = parameters[gains + j] * normal + parameters[shifts + j];
      }
    }
  }

  /** Adds to `gradient` the derivative by gains and shifts, and to `byInput` that by the rows of the last `forward`. */
  backward(
    parameters: Float32Array,
    gradient: Float64Array,
    rows: number,
    byResult: Float64Array,
    byInput: Float64Array,
  ): void {
    const width = this.#width;
    const gains = this.#offset;
    const shifts = gains + width;
    for (let row = 0; row < rows; row++) {
      const from = row * width;
      let sum = 0;
      let alongNormal = 0;
      for (let j = 0; j < width; j++) {
        const slope = byResult[from + j];
        const normal = this.#normal[from + j];
        gradient[gains + j] += slope * normal;
        gradient[shifts + j] += slope;
        sum += slope * parameters[gains + j];
        alongNormal += slope * parameters[gains + j] * normal;
      }
      for (let j = 0; j < width; j++) {
        const byNormal = byResult[from + j] * parameters[gains + j];
        byInput[from + j] +=
          this.#inverse[row] * (byNormal - (sum + this.#normal[from + j] * alongNormal) / width);
      }
    }
  }
}
