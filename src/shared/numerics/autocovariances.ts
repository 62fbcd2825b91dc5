import { meanOf } from './mean.ts';

/**
 * Sample autocovariances from lag 0 to `lags`, with divisor n.
 *
 * @param values in the order of time
 * @param lags fewer than values
 */
export function autocovariances(values: Float64Array, lags: number): Float64Array {
  const n = values.length;
  const mean = meanOf(values);
  return Float64Array.from({ length: lags + 1 }, (_, k) => {
    let sum = 0;
    for (let t = k; t < n; t++) sum += (values[t] - mean) * (values[t - k] - mean);
    return sum / n;
  });
}
