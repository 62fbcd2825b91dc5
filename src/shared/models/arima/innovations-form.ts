import { multiply, multiplyByTransposed } from '../../numerics/square-matrices.ts';

/**
 * The innovations form of an ARMA process (Anderson and Moore 1979, section 9.3), with k = max(p, q) states:
 *
 *     w(t) = x(t)[0] + e(t),   x(t + 1) = F x(t) + K e(t),
 *
 * F has the autoregression in its first column and ones above the diagonal; K[i] = ar[i] + ma[i]. Written out,
 * x(t + 1)[i] = x(t)[i + 1] + ar[i] w(t) + ma[i] e(t): once x is known, every shock follows from the data. All variances
 * are in units of the shocks' variance.
 */
export interface InnovationsForm {
  /** Number of states. */
  readonly k: number;
  /** ar and ma filled up with zeros to length k. */
  readonly ar: Float64Array;
  readonly ma: Float64Array;
  /** F, k x k row by row. */
  readonly transition: Float64Array;
  /** K. */
  readonly gain: Float64Array;
}

export function innovationsForm(ar: ArrayLike<number>, ma: ArrayLike<number>): InnovationsForm {
  const k = Math.max(ar.length, ma.length);
  const paddedAr = new Float64Array(k);
  const paddedMa = new Float64Array(k);
  paddedAr.set(ar);
  paddedMa.set(ma);
  const transition = new Float64Array(k * k);
  const gain = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    transition[i * k] = paddedAr[i];
    if (i + 1 < k) transition[i * k + i + 1] = 1;
    gain[i] = paddedAr[i] + paddedMa[i];
  }
  return { k, ar: paddedAr, ma: paddedMa, transition, gain };
}

/** The variance of the state of a process that has always been running: solves P = F P F' + K K'. */
export function stationaryVariance({ k, transition, gain }: InnovationsForm): Float64Array {
  const shocks = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) shocks[i * k + j] = gain[i] * gain[j];
  }
  return sumOfCongruences(transition, shocks, k);
}

/**
 * The sum of T^i Q T'^i over all i from 0, by doubling: each round adds as many terms as there are. Not finite when T has
 * an eigenvalue outside the unit circle.
 */
export function sumOfCongruences(transition: Float64Array, first: Float64Array, k: number): Float64Array {
  const sum = first.slice();
  let power = transition.slice();
  let square = new Float64Array(k * k);
  const half = new Float64Array(k * k);
  const added = new Float64Array(k * k);
  for (let round = 0; round < 60; round++) {
    multiply(power, sum, k, half);
    multiplyByTransposed(half, power, k, added);
    let largest = 0;
    let size = 0;
    for (let i = 0; i < sum.length; i++) {
      largest = Math.max(largest, Math.abs(added[i]));
      size = Math.max(size, Math.abs(sum[i]));
      sum[i] += added[i];
    }
    if (!(largest > 1e-18 * size)) break;
    multiply(power, power, k, square);
    [power, square] = [square, power];
  }
  return sum;
}
