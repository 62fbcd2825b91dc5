import { psiWeights } from '../../../../src/shared/models/arima-garch/arma-model.ts';
import { choleskyFactor, choleskySolve } from '../../../../src/shared/numerics/cholesky.ts';

/**
 * The slow, obvious twin of every ARMA likelihood: the joint normal density of all values, with autocovariances summed from
 * a long moving average.
 */
export function denseArmaLogLikelihood(
  y: Float64Array,
  model: { ar: readonly number[]; ma: readonly number[]; mean: number; variance: number },
): number {
  const n = y.length;
  const psi = psiWeights(model, n + 3000);
  const covariance = new Float64Array(n * n);
  for (let lag = 0; lag < n; lag++) {
    let sum = 0;
    for (let k = 0; k + lag < psi.length; k++) sum += psi[k] * psi[k + lag];
    for (let i = 0; i + lag < n; i++) {
      covariance[i * n + i + lag] = model.variance * sum;
      covariance[(i + lag) * n + i] = model.variance * sum;
    }
  }
  const factor = choleskyFactor(covariance, n)!;
  const deviations = y.map((value) => value - model.mean);
  const solved = choleskySolve(factor, n, deviations);
  let result = -0.5 * n * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++) result -= Math.log(factor[i * n + i]) + 0.5 * deviations[i] * solved[i];
  return result;
}
