import { hacMean } from '../numerics/hac-mean.ts';
import { ordinaryLeastSquares } from '../numerics/ordinary-least-squares.ts';
import { interpolate } from './interpolate.ts';
import { requireLags, requireValues } from './require-values.ts';

export interface KpssTest {
  readonly statistic: number;
  /** Autocovariances in the long-run variance. */
  readonly lags: number;
  /**
   * Interpolated in the paper's table of four critical values: 0.01 stands for "at most 0.01", 0.1 for "at least 0.1".
   */
  readonly pValue: number;
}

/** What is stationary when the null hypothesis holds: the values, or what is left of them beside a linear trend. */
export type KpssNull = 'level' | 'trend';

const P_VALUES = [0.1, 0.05, 0.025, 0.01];
/** Kwiatkowski et al. (1992), table 1, for P_VALUES. */
const CRITICAL_VALUES: Readonly<Record<KpssNull, readonly number[]>> = {
  level: [0.347, 0.463, 0.574, 0.739],
  trend: [0.119, 0.146, 0.176, 0.216],
};

export interface KpssOptions {
  /** Default `level`. */
  readonly null?: KpssNull;
  /** Default floor(4 (n / 100)^(1/4)), the `lshort` of R. */
  readonly lags?: number;
}

/**
 * The test of Kwiatkowski, Phillips, Schmidt and Shin (1992) that a series is stationary, as R's `tseries::kpss.test`.
 *
 * @param values in the order of time, at least 4
 * @returns null when nothing is left beside the level or trend
 * @throws RangeError for values or lags that do not fit
 */
export function kpss(values: Float64Array, options: KpssOptions = {}): KpssTest | null {
  const n = requireValues(values, 4);
  const { null: hypothesis = 'level', lags = Math.floor(4 * Math.sqrt(Math.sqrt(n / 100))) } = options;
  requireLags(lags, 0, n - 1);
  const columns = [new Float64Array(n).fill(1)];
  if (hypothesis === 'trend') columns.push(Float64Array.from({ length: n }, (_, t) => t + 1));
  const fit = ordinaryLeastSquares(columns, values);
  if (fit === null) return null;
  const { residuals } = fit;
  const size = values.reduce((sum, value) => sum + value * value, 0);
  let squares = 0;
  let cumulated = 0;
  let cumulatedSquares = 0;
  for (const e of residuals) {
    squares += e * e;
    cumulated += e;
    cumulatedSquares += cumulated * cumulated;
  }
  // What rounding alone leaves is nothing.
  if (!(squares > 1e-26 * size)) return null;
  const { standardError } = hacMean(residuals, lags);
  const longRunVariance = n * standardError * standardError;
  if (!(longRunVariance > 0)) return null;
  const statistic = cumulatedSquares / (n * n) / longRunVariance;
  return { statistic, lags, pValue: interpolate(CRITICAL_VALUES[hypothesis], P_VALUES, statistic) };
}
