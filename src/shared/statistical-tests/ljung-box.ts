import { autocovariances } from '../numerics/autocovariances.ts';
import { type ChiSquareTest, chiSquareTest } from './chi-square-test.ts';
import { requireLags, requireValues } from './require-values.ts';

/**
 * The test of Ljung and Box (1978) that the first autocorrelations are 0, as R's `Box.test(type = "Ljung-Box")`. Of squared
 * values (McLeod and Li 1983) it tests for volatility clusters.
 *
 * @param values in the order of time
 * @param lags autocorrelations tested, fewer than values
 * @param fittedParameters ARMA coefficients that were estimated, when the values are residuals: each takes a degree of
 * freedom; fewer than lags; default 0
 * @returns null when all values are the same
 * @throws RangeError for values, lags or a number of parameters that do not fit
 */
export function ljungBox(values: Float64Array, lags: number, fittedParameters = 0): ChiSquareTest | null {
  const n = requireValues(values, 2);
  requireLags(lags, 1, n - 1);
  if (!Number.isInteger(fittedParameters) || fittedParameters < 0 || fittedParameters >= lags) {
    throw new RangeError(`${fittedParameters} fitted parameters leave no degree of freedom of ${lags} lags`);
  }
  if (values.every((value) => value === values[0])) return null;
  const covariances = autocovariances(values, lags);
  let sum = 0;
  for (let k = 1; k <= lags; k++) {
    const correlation = covariances[k] / covariances[0];
    sum += (correlation * correlation) / (n - k);
  }
  return chiSquareTest(n * (n + 2) * sum, lags - fittedParameters);
}
