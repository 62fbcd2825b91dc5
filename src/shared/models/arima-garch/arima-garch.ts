import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { logReturns } from '../../series/log-returns.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import type { ArmaOrder } from '../arima/arma-model.ts';
import { orderCost } from '../arima/choose-arima-order.ts';
import { type ArmaFit, fitArma } from '../arima/fit-arma.ts';
import { FilteredResidualsForecaster } from '../filtered-residuals-forecaster.ts';
import type { FittedForecaster, Forecaster, Hyperparameters, Resumable } from '../forecaster.ts';
import { GarchSearch, garchSearchSpace } from '../garch/fit-garch.ts';
import { RealizedGarchSearch } from '../garch/fit-realized-garch.ts';
import { isRealized } from '../garch/lagged-measure.ts';
import { logRangeMeasures } from '../garch/range-measure.ts';
import { RealizedGarchSearchSpace } from '../garch/realized-garch-search-space.ts';
import type { SearchSpace } from '../garch/search-space.ts';
import type { VolatilityModel } from '../garch/volatility-model.ts';
import type { VolatilitySearch } from '../garch/volatility-search.ts';
import { resumableUnits } from '../resumable/resumable-units.ts';
import { studentTShape } from '../student-t-shape.ts';
import {
  type ArmaGarchArtifact,
  armaGarchArtifact,
  flawOfMean,
  readArmaGarchArtifact,
  volatilityEstimates,
} from './arma-garch-artifact.ts';
import { ArmaGarchFilter, armaInnovations } from './arma-garch-filter.ts';
import { type ArmaGarchVariant, arimaGarchVariant } from './arma-garch-variant.ts';
import { decodeMinima, encodeMinimum } from './encoded-minimum.ts';

const NAME = 'ARIMA_GARCH';
const MINIMUM_BARS = 250;
/** Tried in this order; the lowest `orderCost` wins, the earlier one when equal. */
const ORDERS: readonly ArmaOrder[] = [
  { p: 0, q: 0 },
  { p: 1, q: 0 },
  { p: 0, q: 1 },
  { p: 1, q: 1 },
];

/**
 * The member `ARIMA_GARCH`: ARMA mean x volatility of its innovations x distribution.
 *
 * Fitted in two steps: the mean of log returns by exact maximum likelihood, its order among (0,0), (1,0), (0,1), (1,1) by
 * AICc and parsimony (`orderCost`); then the volatility of the mean's innovations by maximum likelihood, from several
 * starts. Nothing is random: the seed is not used.
 *
 * Hyperparameters:
 * - `variance`: `garch`, `gjr`, `egarch`, or `realized`, which also learns from each bar's range (Garman-Klass plus
 *   overnight; a bar without a range leaves the variance as it was), or `realized_har`, which learns from the ranges of a month;
 * - `innovations`: `normal` or `t`, the likelihood that is maximised;
 * - `distribution`: the shape of the forecast, `empirical` (the last 1,000 standardised residuals) or `t` (the fitted one;
 *   needs t innovations). Default `empirical`.
 */
export const arimaGarch: Forecaster = {
  name: NAME,
  grid: [
    { variance: 'realized_har', innovations: 't', distribution: 't' },
    { variance: 'realized_har', innovations: 't', distribution: 'empirical' },
    { variance: 'gjr', innovations: 't', distribution: 'empirical' },
  ],
  minimumBars: () => MINIMUM_BARS,
  fit(series, hyperparameters, { checkpoint }) {
    const variant = arimaGarchVariant(hyperparameters);
    requireFitSeries(series, MINIMUM_BARS);
    return beginFit(series, hyperparameters, variant, checkpoint);
  },
  restore: (artifact) => fitted(readArmaGarchArtifact(NAME, artifact, arimaGarchVariant)),
};

/** Between units: the best mean so far, and the minima found for the volatility. */
type FitState = { readonly arma: ArmaFit | null; readonly minima: readonly string[] };

function beginFit(
  series: Series,
  hyperparameters: Hyperparameters,
  variant: ArmaGarchVariant,
  checkpoint: Json | undefined,
): Resumable<FittedForecaster> {
  const returns = logReturns(series.close);
  // Asked for only when the mean is final.
  let begun: VolatilitySearch<VolatilityModel> | undefined;
  const search = (state: FitState) => {
    begun ??= volatilitySearch(series, returns, state.arma!, variant);
    return begun;
  };
  const orderUnits = ORDERS.map((order) => (state: FitState) => {
    const candidate = fitArma(returns, order);
    const better = state.arma === null || costOf(candidate) < costOf(state.arma);
    return { ...state, arma: better ? candidate : state.arma };
  });
  // Known before the mean is, on whose innovations the search will work.
  const space = searchSpaceOf(variant);
  const variables = space.lower.length;
  const startUnits = Array.from({ length: space.starts.length }, (_, start) => (state: FitState) => ({
    ...state,
    minima: [...state.minima, encodeMinimum(search(state).run(start))],
  }));
  if (checkpoint !== undefined) requireCheckpoint(checkpoint, variables);
  return resumableUnits<FitState, FittedForecaster>(
    [...orderUnits, ...startUnits],
    { arma: null, minima: [] },
    (state) => {
      const { ar, ma, mean, converged: meanConverged } = state.arma!;
      const { model, nu, logLikelihood, converged } = search(state).finish(
        decodeMinima(NAME, state.minima, space.starts.length, variables),
      );
      return fitted(
        armaGarchArtifact({
          name: NAME,
          hyperparameters,
          arma: { ar, ma, mean },
          volatility: model,
          nu,
          logLikelihood,
          converged: meanConverged && converged,
        }),
      );
    },
    checkpoint,
  );
}

function searchSpaceOf({ variance, innovations }: ArmaGarchVariant): SearchSpace {
  return isRealized(variance)
    ? new RealizedGarchSearchSpace(innovations, 'zero')
    : garchSearchSpace({ variance, innovations, mean: 'zero' });
}

/** @throws FitError `invalid_artifact` unless a checkpoint holds what the units done so far found */
function requireCheckpoint(checkpoint: Json, variables: number): void {
  const { unit, state } = (checkpoint ?? {}) as { unit?: number; state?: Partial<FitState> };
  decodeMinima(NAME, state?.minima, Math.max(0, (unit ?? 0) - ORDERS.length), variables);
  const flaw = unit === 0 ? null : flawOfFit(state?.arma);
  if (flaw !== null) throw new FitError('invalid_artifact', `A checkpoint of ${NAME}: ${flaw}`);
}

function flawOfFit(arma: ArmaFit | null | undefined): string | null {
  const isWhole = Number.isFinite(arma?.aicc) && typeof arma?.converged === 'boolean';
  return isWhole ? flawOfMean(arma) : 'arma has no aicc and converged';
}

function costOf({ ar, ma, aicc }: ArmaFit): number {
  return orderCost({ p: ar.length, q: ma.length }, aicc);
}

function volatilitySearch(
  series: Series,
  returns: Float64Array,
  arma: ArmaFit,
  { variance, innovations }: ArmaGarchVariant,
): VolatilitySearch<VolatilityModel> {
  const residuals = armaInnovations(returns, arma);
  if (!isRealized(variance)) {
    return new GarchSearch(residuals, { variance, innovations, mean: 'zero' });
  }
  // Return i leads into bar i + 1, whose range measures it.
  const logMeasures = logRangeMeasures(series).subarray(1);
  return new RealizedGarchSearch(residuals, logMeasures, { variance, innovations, mean: 'zero' });
}

/** The coefficients that a fit estimated: of mean, volatility and innovations. */
function coefficientsOf({ arma, volatility, nu }: ArmaGarchArtifact): number {
  const ofMean = arma.ar.length + arma.ma.length + 1;
  return ofMean + Object.keys(volatilityEstimates(volatility)).length + (nu === null ? 0 : 1);
}

function fitted(artifact: ArmaGarchArtifact): FittedForecaster {
  const { arma, volatility, nu, hyperparameters } = artifact;
  return new FilteredResidualsForecaster(
    NAME,
    MINIMUM_BARS,
    (series) =>
      new ArmaGarchFilter(
        arma,
        volatility,
        isRealized(volatility.variance) ? logRangeMeasures(series) : null,
      ),
    artifact as unknown as Json,
    {
      shape: hyperparameters.distribution === 't' && nu !== null ? studentTShape(nu) : null,
      coefficients: coefficientsOf(artifact),
    },
  );
}
