/** y(t) - mean = sum ar[i] (y(t - i - 1) - mean) + e(t) + sum ma[j] e(t - j - 1). */
export interface ArmaModel {
  readonly ar: readonly number[];
  readonly ma: readonly number[];
  readonly mean: number;
}

/** Numbers of autoregressive and moving-average terms. */
export interface ArmaOrder {
  readonly p: number;
  readonly q: number;
}

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

/** The first `count` weights of the model as an infinite moving average; the first is 1. */
export function psiWeights(model: Pick<ArmaModel, 'ar' | 'ma'>, count: number): Float64Array {
  const psi = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    psi[k] = k === 0 ? 1 : (model.ma[k - 1] ?? 0);
    for (let i = 0; i < Math.min(k, model.ar.length); i++) psi[k] += model.ar[i] * psi[k - 1 - i];
  }
  return psi;
}
