/** Small square matrices, row by row in a Float64Array of n * n. */

/** `out` = a b. `out` must be neither of them. */
export function multiply(a: Float64Array, b: Float64Array, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      out[i * n + j] = sum;
    }
  }
}

/** `out` = a b'. `out` must be neither of them. */
export function multiplyByTransposed(a: Float64Array, b: Float64Array, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * b[j * n + k];
      out[i * n + j] = sum;
    }
  }
}

/** The inverse and the determinant, by Gauss and Jordan with partial pivoting; the inverse is not finite when singular. */
export function invert(matrix: Float64Array, n: number): { inverse: Float64Array; determinant: number } {
  const a = matrix.slice();
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1;
  let determinant = 1;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(a[i * n + column]) > Math.abs(a[pivot * n + column])) pivot = i;
    }
    if (pivot !== column) {
      swapRows(a, n, pivot, column);
      swapRows(inverse, n, pivot, column);
      determinant = -determinant;
    }
    const diagonal = a[column * n + column];
    determinant *= diagonal;
    for (let j = 0; j < n; j++) {
      a[column * n + j] /= diagonal;
      inverse[column * n + j] /= diagonal;
    }
    for (let i = 0; i < n; i++) {
      if (i === column) continue;
      const factor = a[i * n + column];
      for (let j = 0; j < n; j++) {
        a[i * n + j] -= factor * a[column * n + j];
        inverse[i * n + j] -= factor * inverse[column * n + j];
      }
    }
  }
  return { inverse, determinant };
}

function swapRows(matrix: Float64Array, n: number, one: number, other: number): void {
  for (let j = 0; j < n; j++) {
    const held = matrix[one * n + j];
    matrix[one * n + j] = matrix[other * n + j];
    matrix[other * n + j] = held;
  }
}

/** matrix x */
export function timesVector(matrix: Float64Array, x: Float64Array): Float64Array<ArrayBuffer> {
  const n = x.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) product[i] += matrix[i * n + j] * x[j];
  }
  return product;
}

/** I + a b */
export function identityPlusProduct(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const sum = new Float64Array(n * n);
  multiply(a, b, n, sum);
  for (let i = 0; i < n; i++) sum[i * n + i] += 1;
  return sum;
}

export function transpose(matrix: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out[j * n + i] = matrix[i * n + j];
  }
  return out;
}

/** x - matrix y */
export function minusProduct(x: Float64Array, matrix: Float64Array, y: Float64Array): Float64Array {
  const difference = timesVector(matrix, y);
  for (let i = 0; i < difference.length; i++) difference[i] = x[i] - difference[i];
  return difference;
}

/** Four sums at a time: a single one would wait for each addition. */
export function dot(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    sum0 += a[i] * b[i];
    sum1 += a[i + 1] * b[i + 1];
    sum2 += a[i + 2] * b[i + 2];
    sum3 += a[i + 3] * b[i + 3];
  }
  for (; i < n; i++) sum0 += a[i] * b[i];
  return sum0 + sum1 + (sum2 + sum3);
}
