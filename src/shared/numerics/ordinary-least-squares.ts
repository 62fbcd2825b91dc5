/** A linear regression by least squares. */
export interface LeastSquaresFit {
  /** One per column of the design. */
  readonly coefficients: Float64Array;
  /** Outcome minus fitted value, one per row. */
  readonly residuals: Float64Array;
  /** Sum of squared residuals over (rows - columns). */
  readonly residualVariance: number;
  /** Classical standard errors of the coefficients. */
  readonly standardErrors: Float64Array;
}

/**
 * Ordinary least squares by Householder reflections (Golub and Van Loan, algorithm 5.3.2), which does not square the
 * design's condition number as the normal equations do.
 *
 * @param columns the design by columns, each as long as `outcome`; a constant is a column of ones
 * @returns null when the columns are linearly dependent
 * @throws RangeError when there are not more rows than columns, or lengths differ
 */
export function ordinaryLeastSquares(
  columns: readonly Float64Array[],
  outcome: Float64Array,
): LeastSquaresFit | null {
  const rows = outcome.length;
  const width = columns.length;
  if (rows <= width)
    throw new RangeError(`${rows} rows cannot determine ${width} coefficients and a variance`);
  if (columns.some((column) => column.length !== rows)) {
    throw new RangeError(`Every column must have the outcome's ${rows} rows`);
  }
  // Columns of q hold the reflections below the diagonal; r is the upper triangle.
  const q = columns.map((column) => column.slice());
  const y = outcome.slice();
  const r = new Float64Array(width * width);
  for (let k = 0; k < width; k++) {
    const pivot = q[k];
    let norm = 0;
    let whole = 0;
    for (let i = 0; i < rows; i++) {
      whole += columns[k][i] * columns[k][i];
      if (i >= k) norm += pivot[i] * pivot[i];
    }
    if (!(norm > 1e-22 * whole)) return null;
    const diagonal = pivot[k] > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
    r[k * width + k] = diagonal;
    pivot[k] -= diagonal;
    // v'v / 2 of the reflection vector v
    const half = -diagonal * pivot[k];
    const reflect = (target: Float64Array) => {
      let dot = 0;
      for (let i = k; i < rows; i++) dot += pivot[i] * target[i];
      for (let i = k; i < rows; i++) target[i] -= (dot / half) * pivot[i];
    };
    for (let j = k + 1; j < width; j++) {
      reflect(q[j]);
      r[k * width + j] = q[j][k];
    }
    reflect(y);
  }
  const coefficients = solveUpper(r, width, y);
  const residuals = outcome.map((value, i) => {
    let fitted = 0;
    for (let j = 0; j < width; j++) fitted += columns[j][i] * coefficients[j];
    return value - fitted;
  });
  const residualVariance = residuals.reduce((sum, e) => sum + e * e, 0) / (rows - width);
  return {
    coefficients,
    residuals,
    residualVariance,
    standardErrors: standardErrors(r, width, residualVariance),
  };
}

function solveUpper(r: Float64Array, n: number, right: Float64Array): Float64Array {
  const x = right.slice(0, n);
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= r[i * n + j] * x[j];
    x[i] /= r[i * n + i];
  }
  return x;
}

/** The diagonal of (R'R)^-1 is the sum of squares along each row of R^-1. */
function standardErrors(r: Float64Array, n: number, variance: number): Float64Array {
  const sums = new Float64Array(n);
  for (let column = 0; column < n; column++) {
    const unit = new Float64Array(n);
    unit[column] = 1;
    const inverseColumn = solveUpper(r, n, unit);
    for (let i = 0; i < n; i++) sums[i] += inverseColumn[i] * inverseColumn[i];
  }
  return sums.map((sum) => Math.sqrt(variance * sum));
}
