import type { Json } from '../../json.ts';
import { logReturns } from '../../series/log-returns.ts';
import type { Series } from '../../series/series.ts';
import { archLm } from '../../statistical-tests/arch-lm.ts';
import type { ChiSquareTest } from '../../statistical-tests/chi-square-test.ts';
import { type JarqueBeraTest, jarqueBera } from '../../statistical-tests/jarque-bera.ts';
import { ljungBox } from '../../statistical-tests/ljung-box.ts';
import { garchStandardErrors, realizedGarchStandardErrors } from '../garch/fit-standard-errors.ts';
import type { Innovations } from '../garch/innovation-distribution.ts';
import { hasRealizedVariance } from '../garch/lagged-measure.ts';
import { logRangeMeasures } from '../garch/range-measure.ts';
import type { StandardErrors } from '../garch/standard-errors.ts';
import { startVolatilityFilter } from '../garch/volatility-model.ts';
import { type ArmaGarchArtifact, readArmaGarchArtifact, volatilityEstimates } from './arma-garch-artifact.ts';
import { armaInnovations } from './arma-garch-filter.ts';
import { arimaGarchVariant } from './arma-garch-variant.ts';

/** An estimate, in the unit of log returns. */
export interface DescribedParameter {
  readonly name: string;
  readonly estimate: number;
  /** Robust (Bollerslev and Wooldridge 1992); null for one on a bound, of the mean, or when there are none at all. */
  readonly standardError: number | null;
}

/** What a fit of `ARIMA_GARCH` found, for people. */
export interface ArmaGarchDescription {
  readonly variance: ArmaGarchArtifact['volatility']['variance'];
  readonly innovations: Innovations;
  /** Returns it was fitted to. */
  readonly returns: number;
  readonly logLikelihood: number;
  readonly converged: boolean;
  /** `ar1`, ..., `ma1`, ..., `mean`: fitted first, and taken as known by the volatility; without standard errors. */
  readonly mean: readonly DescribedParameter[];
  readonly volatility: readonly DescribedParameter[];
  /** Bounds that the volatility's estimates lie on. */
  readonly atBounds: StandardErrors['atBounds'];
  /** Why there are no standard errors; null when there are. */
  readonly noStandardErrors: StandardErrors['reason'];
  /** Of the standardised residuals, with 10 lags where there are lags; a small p value says that the fit left something. Null: all the same. */
  readonly residualTests: {
    readonly ljungBox: ChiSquareTest | null;
    readonly ljungBoxOfSquares: ChiSquareTest | null;
    readonly archLm: ChiSquareTest | null;
    /** Of normality; residuals of a fit with t innovations are not normal, and are not meant to be. */
    readonly jarqueBera: JarqueBeraTest | null;
  };
}

const LAGS = 10;

/**
 * Describes a fitted `ARIMA_GARCH`: estimates with robust standard errors, and tests of what the fit left in its
 * standardised residuals. The p values about squares take no account of the fit, and so are a bit large (Li and Mak
 * 1994).
 *
 * @param artifact of the member
 * @param series the bars that it was fitted to
 * @throws FitError `invalid_artifact`
 */
export function describeArmaGarch(artifact: Json, series: Series): ArmaGarchDescription {
  const { arma, volatility, nu, hyperparameters, logLikelihood, converged } = readArmaGarchArtifact(
    'ARIMA_GARCH',
    artifact,
    arimaGarchVariant,
  );
  const innovations = hyperparameters.innovations as Innovations;
  const residuals = armaInnovations(logReturns(series.close), arma);
  // Return i leads into bar i + 1, whose range measures it.
  const logMeasures = logRangeMeasures(series).subarray(1);
  const estimates = { mu: 0, nu };
  const errors = hasRealizedVariance(volatility)
    ? realizedGarchStandardErrors(
        residuals,
        logMeasures,
        { variance: volatility.variance, innovations, mean: 'zero' },
        { ...estimates, model: volatility },
      )
    : garchStandardErrors(
        residuals,
        { variance: volatility.variance, innovations, mean: 'zero' },
        { ...estimates, model: volatility },
      );
  const values: Readonly<Record<string, number>> = {
    ...volatilityEstimates(volatility),
    ...(nu === null ? {} : { nu }),
  };
  const filter = startVolatilityFilter(volatility);
  const standardised = residuals.map((residual, t) => {
    const z = residual / Math.sqrt(filter.variance);
    filter.update(residual, logMeasures[t]);
    return z;
  });
  return {
    variance: volatility.variance,
    innovations,
    returns: residuals.length,
    logLikelihood,
    converged,
    mean: [
      ...arma.ar.map((estimate, i) => ({ name: `ar${i + 1}`, estimate, standardError: null })),
      ...arma.ma.map((estimate, i) => ({ name: `ma${i + 1}`, estimate, standardError: null })),
      { name: 'mean', estimate: arma.mean, standardError: null },
    ],
    volatility: Object.entries(values).map(([name, estimate]) => ({
      name,
      estimate,
      standardError: errors.robust?.[name] ?? null,
    })),
    atBounds: errors.atBounds,
    noStandardErrors: errors.reason,
    residualTests: {
      ljungBox: ljungBox(standardised, LAGS, arma.ar.length + arma.ma.length),
      ljungBoxOfSquares: ljungBox(
        standardised.map((z) => z * z),
        LAGS,
      ),
      archLm: archLm(standardised, LAGS),
      jarqueBera: jarqueBera(standardised),
    },
  };
}
