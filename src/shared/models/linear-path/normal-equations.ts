import { choleskyFactor, choleskySolve } from '../../numerics/cholesky.ts';

/**
 * A regression with a constant by its normal equations, row after row: what has been added can be solved at any time,
 * whatever came before or comes after.
 *
 * Slopes are drawn to values known beforehand (ridge regression, Hoerl and Kennard 1970, about a point that is not
 * 0), so that columns that do not vary, or hang together, do no harm; the constant is free.
 */
export class NormalEquations {
  readonly #width: number;
  /** Sums of products of 1, the columns and the outcome; lower triangle, row-major. */
  readonly #sums: Float64Array;
  readonly #row: Float64Array;

  /** @param columns beside the constant */
  constructor(columns: number) {
    this.#width = columns + 2;
    this.#sums = new Float64Array(this.#width * this.#width);
    this.#row = new Float64Array(this.#width);
  }

  /** Rows added. */
  get count(): number {
    return this.#sums[0];
  }

  /** Adds the row `t` of `columns`; one with a value that is not finite is left out. */
  add(columns: readonly Float64Array[], t: number, outcome: number): void {
    const row = this.#row;
    const width = this.#width;
    row[0] = 1;
    for (let j = 0; j < columns.length; j++) row[j + 1] = columns[j][t];
    row[width - 1] = outcome;
    if (!row.every(Number.isFinite)) return;
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) this.#sums[i * width + j] += row[i] * row[j];
    }
  }

  /**
   * The constant, then the slopes, that minimise the sum of squared errors plus sum of penalties x (slope - its
   * target)^2.
   *
   * @param targets one a column
   * @param penalties one a column; positive
   * @returns null without rows, or where rounding leaves no solution
   */
  solve(targets: ArrayLike<number>, penalties: ArrayLike<number>): Float64Array | null {
    const width = this.#width;
    const n = width - 2;
    const sums = this.#sums;
    const rows = this.count;
    if (rows === 0) return null;
    const mean = (i: number) => sums[i * width] / rows;
    const matrix = new Float64Array(n * n);
    const right = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        matrix[i * n + j] = sums[(i + 1) * width + j + 1] - sums[(i + 1) * width] * mean(j + 1);
      }
      matrix[i * n + i] += penalties[i];
      right[i] =
        sums[(width - 1) * width + i + 1] -
        sums[(i + 1) * width] * mean(width - 1) +
        penalties[i] * targets[i];
    }
    const factor = choleskyFactor(matrix, n);
    if (factor === null) return null;
    const slopes = choleskySolve(factor, n, right);
    const constant = slopes.reduce((rest, slope, j) => rest - slope * mean(j + 1), mean(width - 1));
    return Float64Array.of(constant, ...slopes);
  }
}
