import { normalCdf } from '../numerics/distributions/normal.ts';
import { interpolate } from './interpolate.ts';

/** What a Dickey-Fuller regression has beside the lagged value: nothing, a constant, a constant and a linear trend. */
export type DickeyFullerRegression = 'none' | 'constant' | 'trend';

interface Surface {
  /** Below, the p value is 0; above `largest` it is 1. */
  readonly smallest: number;
  readonly largest: number;
  /** Up to here the coefficients of the small p values hold. */
  readonly star: number;
  /** Of the powers 0, 1, 2, ... of the statistic. */
  readonly small: readonly number[];
  readonly large: readonly number[];
}

/** MacKinnon (1994), tables 3 and 4, for one variable. */
const SURFACES: Readonly<Record<DickeyFullerRegression, Surface>> = {
  none: {
    smallest: -19.04,
    largest: Number.POSITIVE_INFINITY,
    star: -1.04,
    small: [0.6344, 1.2378, 0.032496],
    large: [0.4797, 0.93557, -0.06999, 0.033066],
  },
  constant: {
    smallest: -18.83,
    largest: 2.74,
    star: -1.61,
    small: [2.1659, 1.4412, 0.038269],
    large: [1.7339, 0.93202, -0.12745, -0.010368],
  },
  trend: {
    smallest: -16.18,
    largest: 0.7,
    star: -2.89,
    small: [3.2512, 1.6047, 0.049588],
    large: [2.5261, 0.61654, -0.37956, -0.060285],
  },
};

/** The asymptotic p value of a Dickey-Fuller statistic (MacKinnon 1994), as statsmodels' `adfuller`. */
export function mackinnonPValue(statistic: number, regression: DickeyFullerRegression): number {
  const { smallest, largest, star, small, large } = SURFACES[regression];
  if (statistic > largest) return 1;
  if (statistic < smallest) return 0;
  const coefficients = statistic <= star ? small : large;
  return normalCdf(coefficients.reduceRight((sum, coefficient) => sum * statistic + coefficient, 0));
}

const TABLE_SIZES = [25, 50, 100, 250, 500, 100_000];
const TABLE_P_VALUES = [0.01, 0.025, 0.05, 0.1, 0.9, 0.95, 0.975, 0.99];
/** One row per p value, one column per size. */
const TABLE = [
  [-4.38, -4.15, -4.04, -3.99, -3.98, -3.96],
  [-3.95, -3.8, -3.73, -3.69, -3.68, -3.66],
  [-3.6, -3.5, -3.45, -3.43, -3.42, -3.41],
  [-3.24, -3.18, -3.15, -3.13, -3.13, -3.12],
  [-1.14, -1.19, -1.22, -1.23, -1.24, -1.25],
  [-0.8, -0.87, -0.9, -0.92, -0.93, -0.94],
  [-0.5, -0.58, -0.62, -0.64, -0.65, -0.66],
  [-0.15, -0.24, -0.28, -0.31, -0.32, -0.33],
];

/**
 * The p value of a Dickey-Fuller statistic with a trend for a finite series, interpolated in the table of Banerjee et al.
 * (1993, table 4.2), as R's `tseries::adf.test`: 0.01 stands for "at most 0.01", 0.99 for "at least 0.99".
 *
 * @param differences number of first differences of the series
 */
export function tabulatedTrendPValue(statistic: number, differences: number): number {
  const quantiles = TABLE.map((row) => interpolate(TABLE_SIZES, row, differences));
  return interpolate(quantiles, TABLE_P_VALUES, statistic);
}
