import { ArimaSearch } from './arima-search.ts';
import type { ArmaModel, ArmaOrder } from './arma-model.ts';
import { informationCriteria } from './information-criteria.ts';

/** An ARMA model fitted by exact maximum likelihood. */
export interface ArmaFit extends ArmaModel {
  /** Innovation variance: mean squared standardised innovation, in the data's unit squared. */
  readonly variance: number;
  readonly logLikelihood: number;
  /** Akaike's criterion corrected for small samples; mean and variance count as parameters. */
  readonly aicc: number;
  /** Whether the search ended at a maximum, up to rounding; false where the likelihood is flat. */
  readonly converged: boolean;
}

/**
 * Fits an ARMA(p, q) with a mean by exact Gaussian maximum likelihood: `fitArima` with d = 0, without standard errors and
 * forecasts.
 *
 * @param y at least p + q + 4 values, not all the same
 * @throws FitError `too_few_bars`, `not_finite`, `constant_series`, `not_converged`
 */
export function fitArma(y: Float64Array, order: ArmaOrder): ArmaFit {
  const { p, q } = order;
  const search = new ArimaSearch(y, { p, d: 0, q }, true);
  const { ar, ma, constant, variance, logLikelihood, converged } = search.run();
  return {
    ar: [...ar],
    ma: [...ma],
    mean: constant,
    variance,
    logLikelihood,
    aicc: informationCriteria(logLikelihood, p + q + 2, y.length).aicc,
    converged,
  };
}
