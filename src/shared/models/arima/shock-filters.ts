/** The linear filters of an ARMA model, started from zeros. Lags count from 1: coefficient[i] belongs to lag i + 1. */

/** Writes e(t) = w(t) - sum ar[i] w(t - i - 1) - sum ma[j] e(t - j - 1) for the first `n` t to `out`; w is 0 before. */
export function shocksFromZero(
  w: Float64Array,
  ar: Float64Array,
  ma: Float64Array,
  out: Float64Array,
  n = w.length,
): void {
  if (ar.length <= 2 && ma.length <= 2) {
    // The common orders, with the lags in variables: several times as fast.
    const [ar1 = 0, ar2 = 0] = ar;
    const [ma1 = 0, ma2 = 0] = ma;
    let w1 = 0;
    let w2 = 0;
    let e1 = 0;
    let e2 = 0;
    for (let t = 0; t < n; t++) {
      const e = w[t] - ar1 * w1 - ar2 * w2 - ma2 * e2 - ma1 * e1;
      out[t] = e;
      w2 = w1;
      w1 = w[t];
      e2 = e1;
      e1 = e;
    }
    return;
  }
  for (let t = 0; t < n; t++) {
    let e = w[t];
    for (let i = 0; i < Math.min(t, ar.length); i++) e -= ar[i] * w[t - 1 - i];
    for (let j = 0; j < Math.min(t, ma.length); j++) e -= ma[j] * out[t - 1 - j];
    out[t] = e;
  }
}

/** Writes a(t) = e(t) - sum ma[j] a(t + j + 1) to `out`, from the end: the adjoint of the filter by ma. */
export function adjointShocks(e: Float64Array, ma: Float64Array, out: Float64Array): void {
  const n = e.length;
  if (ma.length <= 2) {
    const [ma1 = 0, ma2 = 0] = ma;
    let a1 = 0;
    let a2 = 0;
    for (let t = n - 1; t >= 0; t--) {
      const a = e[t] - ma2 * a2 - ma1 * a1;
      out[t] = a;
      a2 = a1;
      a1 = a;
    }
    return;
  }
  for (let t = n - 1; t >= 0; t--) {
    let a = e[t];
    for (let j = 0; j < Math.min(n - 1 - t, ma.length); j++) a -= ma[j] * out[t + 1 + j];
    out[t] = a;
  }
}

/** The sum of a(t) b(t - lag) over the first `length` t. Four sums at a time: one would wait for each addition. */
export function laggedProduct(a: Float64Array, b: Float64Array, lag: number, length = a.length): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let t = lag;
  for (; t + 3 < length; t += 4) {
    sum0 += a[t] * b[t - lag];
    sum1 += a[t + 1] * b[t + 1 - lag];
    sum2 += a[t + 2] * b[t + 2 - lag];
    sum3 += a[t + 3] * b[t + 3 - lag];
  }
  for (; t < length; t++) sum0 += a[t] * b[t - lag];
  return sum0 + sum1 + (sum2 + sum3);
}
