/**
 * Coefficients of a stationary autoregression from its partial autocorrelations, each in (-1, 1) (Durbin and Levinson;
 * Monahan 1984). With signs turned the same map gives invertible moving averages.
 */
export function arFromPartial(partial: ArrayLike<number>): Float64Array {
  const p = partial.length;
  const ar = new Float64Array(p);
  const previous = new Float64Array(p);
  for (let k = 0; k < p; k++) {
    ar[k] = partial[k];
    for (let i = 0; i < k; i++) ar[i] = previous[i] - partial[k] * previous[k - 1 - i];
    previous.set(ar);
  }
  return ar;
}

/**
 * The gradient by partial autocorrelations of a function whose gradient by the coefficients of {@link arFromPartial} is
 * known: the recursion's steps, backwards.
 */
export function pullBackToPartial(partial: Float64Array, byCoefficient: ArrayLike<number>): Float64Array {
  const p = partial.length;
  const gradient = new Float64Array(p);
  gradient.set(byCoefficient);
  for (let k = p - 1; k > 0; k--) {
    const previous = arFromPartial(partial.subarray(0, k));
    const after = gradient.slice(0, k);
    for (let i = 0; i < k; i++) {
      gradient[k] -= after[i] * previous[k - 1 - i];
      gradient[i] -= partial[k] * after[k - 1 - i];
    }
  }
  return gradient;
}

/** The inverse of {@link arFromPartial}; null when the autoregression is not stationary. */
export function partialFromAr(ar: Float64Array): Float64Array | null {
  const partial = ar.slice();
  for (let k = partial.length - 1; k >= 0; k--) {
    const last = partial[k];
    if (!(Math.abs(last) < 1)) return null;
    const after = partial.slice(0, k);
    for (let i = 0; i < k; i++) partial[i] = (after[i] + last * after[k - 1 - i]) / (1 - last * last);
  }
  return partial;
}
