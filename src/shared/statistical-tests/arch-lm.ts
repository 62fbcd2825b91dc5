import { meanOf } from '../numerics/mean.ts';
import { ordinaryLeastSquares } from '../numerics/ordinary-least-squares.ts';
import { type ChiSquareTest, chiSquareTest } from './chi-square-test.ts';
import { requireLags, requireValues } from './require-values.ts';

/**
 * Engle's (1982) Lagrange multiplier test for autoregressive conditional heteroskedasticity: the number of rows times the R
 * squared of squared residuals regressed on a constant and their own lags, as statsmodels' `het_arch`.
 *
 * @param residuals in the order of time, with mean about 0 (it is not subtracted)
 * @param lags at least 1; more than twice as many residuals are needed
 * @returns null when the squares are all the same or linearly dependent
 * @throws RangeError for residuals or lags that do not fit
 */
export function archLm(residuals: Float64Array, lags: number): ChiSquareTest | null {
  const n = requireValues(residuals, 4);
  requireLags(lags, 1, Math.floor((n - 2) / 2));
  const squares = residuals.map((value) => value * value);
  if (squares.every((value) => value === squares[0])) return null;
  const rows = n - lags;
  const outcome = squares.subarray(lags);
  const design = [new Float64Array(rows).fill(1)];
  for (let lag = 1; lag <= lags; lag++) design.push(squares.subarray(lags - lag, n - lag));
  const fit = ordinaryLeastSquares(design, outcome);
  if (fit === null) return null;
  const mean = meanOf(outcome);
  const total = outcome.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  if (!(total > 0)) return null;
  const left = fit.residuals.reduce((sum, value) => sum + value * value, 0);
  return chiSquareTest(rows * Math.max(0, 1 - left / total), lags);
}
