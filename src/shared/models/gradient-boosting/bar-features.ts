import ln from '@stdlib/math-base-special-ln';
import type { Series } from '../../series/series.ts';
import { linearPathFrom } from '../linear-path/linear-path.ts';
import { nextBarCalendars } from '../linear-path/next-bar-calendar.ts';
import { measureBars, VOLATILITY_WINDOW } from '../networks/bar-measures.ts';
import type { FeatureColumns } from './feature-matrix.ts';

/** What a tree may ask of a bar when it has closed. All are free of the prices' unit. */
export const FEATURE_NAMES = [
  // Log ranges of the last three bars, less their mean over 22.
  ...['range0', 'range1', 'range2'],
  // Mean log range over 5 bars less that over 22; over 22 less over 66; over 22 less the log of the fit's volatility.
  ...['rangeWeek', 'rangeMonth', 'rangeLevel'],
  // The last three log returns in units of the volatility known before each.
  ...['return0', 'return1', 'return2'],
  // The size of the last, and the sum of the last five falls.
  ...['absoluteReturn', 'downside'],
  // Log returns over 5 and 22 bars in units of their volatility.
  ...['returnWeek', 'returnMonth'],
  // Log volume less its mean over 22 bars: of the last two bars, and its mean over 5.
  ...['volume0', 'volume1', 'volumeWeek'],
  // Of the next bar, by the trading calendar.
  ...['weekday', 'days', 'halfDay', 'afternoon'],
] as const;

const WEEK = 5;
const MONTH = 22;
const QUARTER = 66;

/** The first bar with features: 66 bars' ranges lie before it or on it, each with the close before. */
export const FIRST_FEATURE_BAR = Math.max(QUARTER, VOLATILITY_WINDOW + 3);

/** Floor of a bar's volatility, as a share of the fit's. */
const VOLATILITY_FLOOR = 0.1;

/** Features are multiples of this, far below what any means: a price's last bits (which change with its unit) vanish. */
const GRID = 1 / 65_536;
/** Features are held within this on either side of 0, so that single precision holds every multiple. */
const LIMIT = 64;

/** What the member knows of each bar. */
export interface BarFeatures {
  /** By feature, then by bar; bars before {@link FIRST_FEATURE_BAR} are NaN. */
  readonly columns: FeatureColumns;
  /** See `linearPathFrom`. */
  readonly logRanges: Float64Array;
  /** What the linear path expects of the next bar's log range. */
  readonly expected: Float64Array;
  /** Log return from the bar before; NaN for the first bar. */
  readonly returns: Float64Array;
}

/**
 * Features of every bar of `series`; those of a bar depend on no later bar, and but for what the path expects on none
 * more than 66 before it.
 *
 * @param returnDeviation root mean square of the fit's log returns, which floors and centres
 * @throws InvalidInputError `invalid_date` for a bar whose time is no date
 */
export function barFeatures(series: Series, returnDeviation: number): BarFeatures {
  const n = series.close.length;
  const { returns, variance, relativeVolume } = measureBars(series);
  const { logRanges, expected } = linearPathFrom(series, returnDeviation);
  const volatilityFloor = VOLATILITY_FLOOR * VOLATILITY_FLOOR * returnDeviation * returnDeviation;
  const volatility = variance.map((value) => Math.sqrt(value + volatilityFloor));
  const calendars = nextBarCalendars(series);
  const level = ln(returnDeviation);
  const columns = FEATURE_NAMES.map(() => new Float32Array(n).fill(Number.NaN));
  const standardised = (t: number) => returns[t] / volatility[t - 1];
  for (let t = FIRST_FEATURE_BAR; t < n; t++) {
    const week = meanBefore(logRanges, t, WEEK);
    const month = meanBefore(logRanges, t, MONTH);
    const volumeWeek = meanBefore(relativeVolume, t, WEEK);
    let downside = 0;
    for (let k = 0; k < WEEK; k++) downside += Math.min(0, returns[t - k]);
    const values: Record<(typeof FEATURE_NAMES)[number], number> = {
      range0: logRanges[t] - month,
      range1: logRanges[t - 1] - month,
      range2: logRanges[t - 2] - month,
      rangeWeek: week - month,
      rangeMonth: month - meanBefore(logRanges, t, QUARTER),
      rangeLevel: month - level,
      return0: standardised(t),
      return1: standardised(t - 1),
      return2: standardised(t - 2),
      absoluteReturn: Math.abs(standardised(t)),
      downside: downside / volatility[t],
      returnWeek: (WEEK * meanBefore(returns, t, WEEK)) / (volatility[t] * Math.sqrt(WEEK)),
      returnMonth: (MONTH * meanBefore(returns, t, MONTH)) / (volatility[t] * Math.sqrt(MONTH)),
      volume0: relativeVolume[t],
      volume1: relativeVolume[t - 1],
      volumeWeek,
      ...calendars[t],
    };
    FEATURE_NAMES.forEach((name, j) => {
      columns[j][t] = onGrid(values[name]);
    });
  }
  return { columns, logRanges, expected, returns };
}

/**
 * The nearest multiple of 2^-16, within 64 of 0: what trees are trained on does not hold more, so that bars in another unit
 * of price grow the same trees, to the bit.
 */
export function onGrid(value: number): number {
  return Math.max(-LIMIT, Math.min(LIMIT, Math.round(value / GRID) * GRID));
}

/** Mean of the `count` values up to element `end`. */
function meanBefore(values: Float64Array, end: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += values[end - k];
  return sum / count;
}
