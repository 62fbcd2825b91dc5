/**
 * What the next log range is regressed on, beside a constant: the columns of `pathColumns` by name, each with the
 * slope that its fit is drawn to, and by how much.
 *
 * Slopes and variances are those of 13 stocks and funds and of the VIX over 1990 to 2009, 30,762 bars together, about
 * the means of each symbol's stretches of 1,250 bars: what a fit over years finds anyway, and a start for one over
 * months.
 */
export interface Regressor {
  readonly name: string;
  readonly slope: number;
  /** The same where a level stands beside it. */
  readonly slopeBesideLevel: number;
  /** Of the column about its mean: what a slope's distance is measured in. */
  readonly variance: number;
}

const regressor = (name: string, slope: number, slopeBesideLevel: number, variance: number): Regressor => ({
  ...{ name, slope, slopeBesideLevel, variance },
});

/** Of the series' own bars. Means of log ranges stand as differences, which hang together less than the means do. */
export const OWN_REGRESSORS = [
  regressor('rangeQuarter', 0.89, 0.83, 0.08),
  regressor('rangeMonth', 0.69, 0.62, 0.023),
  regressor('rangeWeek', 0.4, 0.32, 0.042),
  regressor('rangeDay', 0.04, 0.02, 0.11),
  regressor('move', 0.02, 0.03, 0.58),
  regressor('fall', 0.04, 0.02, 0.48),
  regressor('weekFall', 0.02, 0.01, 1.3),
  regressor('drawdown', 0.38, 0.31, 0.0064),
  regressor('volume', 0.07, 0.07, 0.25),
  regressor('volumeWeek', -0.02, -0.01, 0.11),
  regressor('longWeekend', 0.09, 0.11, 0.025),
  regressor('halfDay', -0.34, -0.31, 0.0092),
  regressor('monthEnd', -0.01, -0.01, 0.045),
  regressor('monthStart', 0.06, 0.05, 0.045),
] as const;
/** Of covariates that are levels, such as an index of volatility. */
export const LEVEL_REGRESSORS = [
  regressor('levelMonth', 0, 0.09, 0.11),
  regressor('levelWeek', 0, 0.43, 0.0074),
  regressor('levelDay', 0, 0.84, 0.0034),
] as const;
/** Of covariates that are ranges. */
export const OTHERS_REGRESSORS = [regressor('othersRange', 0, 0, 0.3)] as const;
