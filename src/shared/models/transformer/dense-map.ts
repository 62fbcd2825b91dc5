// Maps from rows of `inputs` numbers to rows of `outputs` numbers; all matrices row by row in flat arrays.

/** A map's place among the parameters: outputs x inputs weights, then as many biases as outputs if it has any. */
export interface DenseMap {
  readonly offset: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly biased: boolean;
}

/** Sets the first `rows` rows of `result` to the map of those of `rowsIn`. */
export function mapRows(
  { offset, inputs, outputs, biased }: DenseMap,
  parameters: Float32Array,
  rows: number,
  rowsIn: Float64Array,
  result: Float64Array,
): void {
  const biases = offset + outputs * inputs;
  for (let row = 0; row < rows; row++) {
    const from = row * inputs;
    for (let output = 0; output < outputs; output++) {
      let sum = biased ? parameters[biases + output] : 0;
      const weights = offset + output * inputs;
      for (let input = 0; input < inputs; input++) sum += parameters[weights + input] * rowsIn[from + input];
      result[row * outputs + output] = sum;
    }
  }
}

/**
 * Adds to `gradient` the derivative by the map's parameters, and to `byInput` that by the rows that were mapped.
 *
 * @param byResult derivative by the rows of the result
 * @param byInput null where it is not asked for
 */
export function mapRowsBackward(
  { offset, inputs, outputs, biased }: DenseMap,
  parameters: Float32Array,
  gradient: Float64Array,
  rows: number,
  rowsIn: Float64Array,
  byResult: Float64Array,
  byInput: Float64Array | null,
): void {
  const biases = offset + outputs * inputs;
  for (let row = 0; row < rows; row++) {
    const from = row * inputs;
    for (let output = 0; output < outputs; output++) {
      const slope = byResult[row * outputs + output];
      if (slope === 0) continue; // Half of the units of a feed forward.
      const weights = offset + output * inputs;
      if (biased) gradient[biases + output] += slope;
      for (let input = 0; input < inputs; input++) gradient[weights + input] += slope * rowsIn[from + input];
      if (byInput === null) continue;
      for (let input = 0; input < inputs; input++)
        byInput[from + input] += slope * parameters[weights + input];
    }
  }
}
