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

/** The first `count` weights of the model as an infinite moving average; the first is 1. */
export function psiWeights(model: Pick<ArmaModel, 'ar' | 'ma'>, count: number): Float64Array {
  const psi = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    psi[k] = k === 0 ? 1 : (model.ma[k - 1] ?? 0);
    for (let i = 0; i < Math.min(k, model.ar.length); i++) psi[k] += model.ar[i] * psi[k - 1 - i];
  }
  return psi;
}
