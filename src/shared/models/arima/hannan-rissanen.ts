import { ordinaryLeastSquares } from '../../numerics/ordinary-least-squares.ts';
import { arFromPartial } from './partial-autocorrelations.ts';
import { laggedProduct, shocksFromZero } from './shock-filters.ts';

/**
 * Rough ARMA coefficients (Hannan and Rissanen 1982): a long autoregression gives shocks, then the values are regressed on
 * their own past and that of the shocks. Null when there are too few values or the regression is singular.
 *
 * @param w values with mean 0
 * @returns ar and ma; neither need be stationary or invertible
 */
export function hannanRissanen(
  w: Float64Array,
  p: number,
  q: number,
): { ar: Float64Array; ma: Float64Array } | null {
  const n = w.length;
  const order = Math.min(Math.floor(Math.sqrt(n) / 2), 10) + Math.max(p, q);
  const from = order + Math.max(p, q);
  if (n - from <= 2 * (p + q + order)) return null;
  const delayed = (values: Float64Array, lag: number) => values.subarray(from - lag, n - lag);
  const shocks = new Float64Array(n);
  shocksFromZero(w, yuleWalker(w, order), new Float64Array(0), shocks);
  const fit = ordinaryLeastSquares(
    [
      ...Array.from({ length: p }, (_, i) => delayed(w, i + 1)),
      ...Array.from({ length: q }, (_, j) => delayed(shocks, j + 1)),
    ],
    w.subarray(from),
  );
  if (fit === null) return null;
  return { ar: fit.coefficients.slice(0, p), ma: fit.coefficients.slice(p) };
}

/** The autoregression that has the sample's autocovariances, by Durbin and Levinson. */
function yuleWalker(w: Float64Array, order: number): Float64Array {
  const covariances = Float64Array.from({ length: order + 1 }, (_, lag) => laggedProduct(w, w, lag));
  const partial = new Float64Array(order);
  let variance = covariances[0];
  for (let k = 0; k < order; k++) {
    const ar = arFromPartial(partial.subarray(0, k));
    let covariance = covariances[k + 1];
    for (let i = 0; i < k; i++) covariance -= ar[i] * covariances[k - i];
    partial[k] = covariance / variance;
    variance *= 1 - partial[k] * partial[k];
  }
  return arFromPartial(partial);
}
