/** Shifts and scales of the network's inputs, learned on the bars it is trained on. */
export interface InputScaling {
  /** Root mean square of the log returns; what volatilities and ranges are floored by. */
  readonly returnDeviation: number;
  /** One mean and one deviation for each input and then for each skip input. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Standardised inputs beyond this are cut: one wild bar must not drown the others. */
const INPUT_LIMIT = 5;

/** Mean and standard deviation by column of `rows` (row-major) from row `from` to row `to` - 1. */
export function columnMoments(
  rows: Float64Array,
  columns: number,
  from: number,
  to: number,
): { means: Float64Array; deviations: Float64Array } {
  const means = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  const n = to - from;
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += rows[i * columns + j];
    means[j] = sum / n;
    let squares = 0;
    for (let i = from; i < to; i++) {
      const distance = rows[i * columns + j] - means[j];
      squares += distance * distance;
    }
    deviations[j] = Math.sqrt(squares / n);
  }
  return { means, deviations };
}

/**
 * `rows` standardised. A column that does not vary becomes 0.
 *
 * Single precision is what the network computes in; it also keeps the last bits of a price (which change with its unit) from
 * growing through hundreds of training steps into another forecast.
 */
export function standardisedRows(
  rows: Float64Array,
  columns: number,
  means: Float64Array,
  deviations: Float64Array,
): Float32Array {
  const standardised = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const j = i % columns;
    const value = deviations[j] > 1e-12 ? (rows[i] - means[j]) / deviations[j] : 0;
    standardised[i] = Math.max(-INPUT_LIMIT, Math.min(INPUT_LIMIT, value));
  }
  return standardised;
}
