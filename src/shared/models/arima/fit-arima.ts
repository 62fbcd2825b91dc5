import { arimaCovariance } from './arima-covariance.ts';
import type { ArimaOrder } from './arima-order.ts';
import { type ArimaMaximum, ArimaSearch } from './arima-search.ts';
import { type InformationCriteria, informationCriteria } from './information-criteria.ts';

/**
 * An ARIMA(p, d, q) fitted by exact maximum likelihood: plain numbers, which JSON keeps to the bit.
 *
 * The d-th difference w of the series follows w(t) - c = sum ar[i] (w(t - i - 1) - c) + e(t) + sum ma[j] e(t - j - 1).
 */
export interface ArimaFit {
  readonly order: ArimaOrder;
  readonly ar: readonly number[];
  readonly ma: readonly number[];
  /** c: the mean of the series (d = 0) or its drift a step (d = 1); null without one. */
  readonly constant: number | null;
  /** Innovation variance (R's `sigma2`): mean squared standardised innovation, in the data's unit squared. */
  readonly variance: number;
  /** As R's `arima`: for d > 0 without the first d values. */
  readonly logLikelihood: number;
  readonly aic: number;
  readonly aicc: number;
  /** Values in the likelihood: those of the series less d. */
  readonly observations: number;
  /** Whether the search ended at a maximum, up to rounding; false where the likelihood is flat. */
  readonly converged: boolean;
  /**
   * Of ar, ma and (if there is one) the constant, in this order: the inverse Hessian of the negative log-likelihood. Null
   * when that is not positive definite.
   */
  readonly covariance: readonly (readonly number[])[] | null;
  /**
   * `ar` or `ma` where that polynomial has a root on the unit circle. Standard theory does not hold there: the errors of its
   * coefficients are R's, from the curvature inside, and say little (theta = -1 is reached with positive probability, Sargan
   * and Bhargava 1983).
   */
  readonly atBounds: readonly ('ar' | 'ma')[];
  /** The square roots of the covariance's diagonal. */
  readonly standardErrors: readonly number[] | null;
}

export interface FitArimaOptions {
  /** Estimate a mean (d = 0) or a drift (d = 1). Default: true for d = 0, false otherwise, as R's `arima`. */
  readonly constant?: boolean;
}

/**
 * Fits an ARIMA(p, d, q) by exact Gaussian maximum likelihood, as R's `arima(y, c(p, d, q), method = "ML")`; a drift is what
 * R's `forecast::Arima(..., include.drift = TRUE)` means by it.
 *
 * Levels before the first value have a diffuse prior (variance 1e6, in units of the innovation variance) and the first d
 * values are left out of the likelihood. Estimates are stationary and invertible; moving averages may reach the unit circle.
 *
 * @param y at least p + q + d + 4 values in any unit; d at most 2
 * @throws FitError `invalid_hyperparameters`, `too_few_bars`, `not_finite`, `constant_series`, `not_converged`
 */
export function fitArima(
  y: Float64Array,
  order: ArimaOrder,
  { constant = order.d === 0 }: FitArimaOptions = {},
): ArimaFit {
  const search = new ArimaSearch(y, order, constant);
  return describeArima(search, search.run());
}

/** The fit at a maximum already found: its standard errors and criteria. */
export function describeArima(search: ArimaSearch, maximum: ArimaMaximum): ArimaFit {
  const { order, constant } = search;
  const { p, d, q } = order;
  const { ar, ma, variance, logLikelihood, converged, atBounds } = maximum;
  const covariance = arimaCovariance(search, maximum);
  return {
    order: { p, d, q },
    ar: plain(ar),
    ma: plain(ma),
    constant: constant ? maximum.constant + 0 : null,
    variance,
    logLikelihood,
    ...criteriaOf(search, maximum),
    observations: search.n,
    converged,
    atBounds,
    covariance: covariance?.map(plain) ?? null,
    standardErrors: covariance?.map((row, i) => Math.sqrt(row[i])) ?? null,
  };
}

/** AIC and AICc of a maximum; the innovation variance counts as a parameter. */
export function criteriaOf(
  { order, constant, n }: ArimaSearch,
  { logLikelihood }: ArimaMaximum,
): InformationCriteria {
  return informationCriteria(logLikelihood, order.p + order.q + (constant ? 1 : 0) + 1, n);
}

/** JSON has no -0. */
function plain(values: Float64Array): number[] {
  return Array.from(values, (value) => value + 0);
}
