import ln from '@stdlib/math-base-special-ln';
import { type LeastSquaresFit, ordinaryLeastSquares } from '../numerics/ordinary-least-squares.ts';
import {
  type DickeyFullerRegression,
  mackinnonPValue,
  tabulatedTrendPValue,
} from './dickey-fuller-p-value.ts';
import { requireLags, requireValues } from './require-values.ts';

export interface AugmentedDickeyFullerTest {
  /** The t value of the lagged level: the more negative, the less like a random walk. */
  readonly statistic: number;
  /** Lagged differences in the regression. */
  readonly lags: number;
  /** Asymptotic (MacKinnon 1994). */
  readonly pValue: number;
  /** With a trend: that of R's `tseries::adf.test`, for this length, from 0.01 to 0.99; else null. */
  readonly tabulatedPValue: number | null;
}

export interface AugmentedDickeyFullerOptions {
  /** Default `trend`. */
  readonly regression?: DickeyFullerRegression;
  /**
   * Lagged differences: a number, or `{ maximum }` for the one from 1 to `maximum` of lowest AIC over the same rows, as R's
   * `urca::ur.df(selectlags = "AIC")`. Default floor((n - 1)^(1/3)), the rule of R's `tseries::adf.test`.
   */
  readonly lags?: number | { readonly maximum: number };
}

/**
 * The augmented Dickey-Fuller test (Said and Dickey 1984) that a series has a unit root; a small p value speaks for a
 * stationary series.
 *
 * @param values in the order of time; more than 2 lags + 5
 * @returns null when the regression is singular or fits perfectly, as for values that are all the same
 * @throws RangeError for values or lags that do not fit
 */
export function augmentedDickeyFuller(
  values: Float64Array,
  options: AugmentedDickeyFullerOptions = {},
): AugmentedDickeyFullerTest | null {
  const n = requireValues(values, 6);
  const { regression = 'trend', lags = cubeRootFloor(n - 1) } = options;
  const most = typeof lags === 'number' ? lags : lags.maximum;
  requireLags(most, typeof lags === 'number' ? 0 : 1, Math.floor((n - 6) / 2));
  const differences = values.subarray(1).map((value, t) => value - values[t]);
  const regress = (count: number) => dickeyFullerRegression(values, differences, regression, count, most);
  const used = typeof lags === 'number' ? lags : lowestAic(regress, most);
  const fit = regress(used);
  if (fit === null || !(fit.standardErrors[0] > 0)) return null;
  const statistic = fit.coefficients[0] / fit.standardErrors[0];
  if (!Number.isFinite(statistic)) return null;
  return {
    statistic,
    lags: used,
    pValue: mackinnonPValue(statistic, regression),
    tabulatedPValue: regression === 'trend' ? tabulatedTrendPValue(statistic, differences.length) : null,
  };
}

/** Differences on the level before (first), the deterministic terms and `lags` differences before; without `skip` rows. */
function dickeyFullerRegression(
  values: Float64Array,
  differences: Float64Array,
  regression: DickeyFullerRegression,
  lags: number,
  skip: number,
): LeastSquaresFit | null {
  const rows = differences.length - skip;
  const columns = [values.subarray(skip, skip + rows)];
  if (regression !== 'none') columns.push(new Float64Array(rows).fill(1));
  if (regression === 'trend') columns.push(Float64Array.from({ length: rows }, (_, t) => t + 1));
  for (let lag = 1; lag <= lags; lag++) columns.push(differences.subarray(skip - lag, skip - lag + rows));
  return ordinaryLeastSquares(columns, differences.subarray(skip));
}

function lowestAic(regress: (lags: number) => LeastSquaresFit | null, maximum: number): number {
  let best = 1;
  let lowest = Number.POSITIVE_INFINITY;
  for (let lags = 1; lags <= maximum; lags++) {
    const fit = regress(lags);
    if (fit === null) continue;
    const squares = fit.residuals.reduce((sum, e) => sum + e * e, 0);
    const aic = fit.residuals.length * ln(squares) + 2 * fit.coefficients.length;
    if (aic < lowest) {
      lowest = aic;
      best = lags;
    }
  }
  return best;
}

/** The largest integer whose cube is at most n. */
function cubeRootFloor(n: number): number {
  let root = 0;
  while ((root + 1) * (root + 1) * (root + 1) <= n) root++;
  return root;
}
