import { logReturns } from '../../series/log-returns.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import { FilteredResidualsForecaster } from '../filtered-residuals-forecaster.ts';
import type { FittedForecaster, Forecaster, Hyperparameters, Json, Resumable } from '../forecaster.ts';
import { requireHyperparameters } from '../require-hyperparameters.ts';
import { resumableUnits } from '../resumable-units.ts';
import { type ArmaGarchArtifact, readArmaGarchArtifact, withoutNegativeZero } from './arma-garch-artifact.ts';
import { ArmaGarchFilter, armaInnovations } from './arma-garch-filter.ts';
import type { ArmaOrder } from './arma-model.ts';
import { decodeMinimum, encodeMinimum } from './encoded-minimum.ts';
import { type ArmaFit, fitArma } from './fit-arma.ts';
import { GARCH_STARTS, GarchSearch } from './fit-garch.ts';
import type { GarchSpecification } from './garch-search-space.ts';

const NAME = 'ARIMA_GARCH';
const MINIMUM_BARS = 250;
/** Tried in this order; the lowest AICc wins, the earlier one when equal. */
const ORDERS: readonly ArmaOrder[] = [
  { p: 0, q: 0 },
  { p: 1, q: 0 },
  { p: 0, q: 1 },
  { p: 1, q: 1 },
];

/**
 * The member `ARIMA_GARCH`: ARMA mean of log returns, (G)JR-GARCH(1,1) volatility of its innovations, and the shape of the
 * last 1,000 standardised residuals.
 *
 * Fitted in two steps: the mean by exact maximum likelihood, its order among (0,0), (1,0), (0,1), (1,1) by AICc; then the
 * volatility of the mean's innovations by maximum likelihood, from three starts. Nothing is random: the seed is not used.
 *
 * Hyperparameters: `variance` (`garch`, `gjr`), `innovations` (`normal`, `t`: the likelihood that is maximised).
 */
export const arimaGarch: Forecaster = {
  name: NAME,
  grid: [
    { variance: 'garch', innovations: 'normal' },
    { variance: 'garch', innovations: 't' },
    { variance: 'gjr', innovations: 'normal' },
    { variance: 'gjr', innovations: 't' },
  ],
  minimumBars: () => MINIMUM_BARS,
  fit(series, hyperparameters, { checkpoint }) {
    requireHyperparameters(NAME, hyperparameters, {
      variance: ['garch', 'gjr'],
      innovations: ['normal', 't'],
    });
    requireFitSeries(series, MINIMUM_BARS);
    return beginFit(series, hyperparameters, checkpoint);
  },
  restore: (artifact) => fitted(readArmaGarchArtifact(NAME, artifact)),
};

/** Between units: the best mean so far, and the minima found for the volatility. */
type FitState = { readonly arma: ArmaFit | null; readonly minima: readonly string[] };

function beginFit(
  series: Series,
  hyperparameters: Hyperparameters,
  checkpoint: Json | undefined,
): Resumable<FittedForecaster> {
  const returns = logReturns(series.close);
  const specification: GarchSpecification = {
    variance: hyperparameters.variance as 'garch' | 'gjr',
    innovations: hyperparameters.innovations as 'normal' | 't',
    mean: 'zero',
  };
  const search = (state: FitState) => new GarchSearch(armaInnovations(returns, state.arma!), specification);
  const orderUnits = ORDERS.map((order) => (state: FitState) => {
    const candidate = fitArma(returns, order);
    const better = state.arma === null || candidate.aicc < state.arma.aicc;
    return { ...state, arma: better ? candidate : state.arma };
  });
  const startUnits = Array.from({ length: GARCH_STARTS }, (_, start) => (state: FitState) => ({
    ...state,
    minima: [...state.minima, encodeMinimum(search(state).run(start))],
  }));
  return resumableUnits<FitState, FittedForecaster>(
    [...orderUnits, ...startUnits],
    { arma: null, minima: [] },
    (state) => {
      const arma = state.arma!;
      const {
        mu: _zero,
        nu,
        logLikelihood,
        converged,
        ...garch
      } = search(state).finish(state.minima.map(decodeMinimum));
      return fitted(
        withoutNegativeZero({
          name: NAME,
          version: 1,
          hyperparameters,
          arma: { ar: arma.ar, ma: arma.ma, mean: arma.mean },
          garch,
          nu,
          logLikelihood,
          converged,
        }),
      );
    },
    checkpoint,
  );
}

function fitted(artifact: ArmaGarchArtifact): FittedForecaster {
  const { arma, garch } = artifact;
  return new FilteredResidualsForecaster(
    NAME,
    MINIMUM_BARS,
    () => new ArmaGarchFilter(arma, garch),
    artifact as unknown as Json,
  );
}
