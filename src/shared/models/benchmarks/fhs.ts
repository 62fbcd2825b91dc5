import type { Json } from '../../json.ts';
import { logReturns } from '../../series/log-returns.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import {
  type ArmaGarchArtifact,
  armaGarchArtifact,
  readArmaGarchArtifact,
} from '../arima-garch/arma-garch-artifact.ts';
import type { ArmaGarchVariant } from '../arima-garch/arma-garch-variant.ts';
import { decodeMinima, encodeMinimum } from '../arima-garch/encoded-minimum.ts';
import { FilteredResidualsForecaster } from '../filtered-residuals-forecaster.ts';
import type { FittedForecaster, Forecaster, Hyperparameters } from '../forecaster.ts';
import { GarchSearch, garchSearchSpace } from '../garch/fit-garch.ts';
import type { GarchModel } from '../garch/garch-model.ts';
import { requireHyperparameters } from '../require-hyperparameters.ts';
import { resumableUnits } from '../resumable/resumable-units.ts';
import { SimulatedGarchFilter } from './simulated-garch-filter.ts';

const NAME = 'FHS';
const MINIMUM_BARS = 250;

/**
 * Filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper 1999): the benchmark of every density forecast.
 *
 * A constant mean and GARCH(1,1), fitted together by normal maximum likelihood from four starts; the quantiles are
 * those of the last 1,000 standardised residuals, and over several steps those of simulated paths. One set of
 * hyperparameters, `mean: constant`: a benchmark is not tuned. The seed is not used.
 */
export const fhs: Forecaster = {
  name: NAME,
  grid: [{ mean: 'constant' }],
  minimumBars: () => MINIMUM_BARS,
  fit(series, hyperparameters, { checkpoint }) {
    const variant = variantOf(hyperparameters);
    requireFitSeries(series, MINIMUM_BARS);
    const specification = { ...variant, mean: 'constant' } as const;
    const search = new GarchSearch(logReturns(series.close), specification);
    const variables = garchSearchSpace(specification).lower.length;
    if (checkpoint !== undefined) {
      const { unit, state } = (checkpoint ?? {}) as { unit?: number; state?: Json };
      decodeMinima(NAME, state, unit ?? 0, variables);
    }
    const units = Array.from({ length: search.starts }, (_, start) => (minima: readonly string[]) => [
      ...minima,
      encodeMinimum(search.run(start)),
    ]);
    return resumableUnits<readonly string[], FittedForecaster>(
      units,
      [],
      (minima) => {
        const { model, mu, nu, logLikelihood, converged } = search.finish(
          decodeMinima(NAME, minima, search.starts, variables),
        );
        return fitted(
          armaGarchArtifact({
            name: NAME,
            hyperparameters,
            arma: { ar: [], ma: [], mean: mu },
            volatility: model,
            nu,
            logLikelihood,
            converged,
          }),
        );
      },
      checkpoint,
    );
  },
  restore: (artifact) => fitted(readArmaGarchArtifact(NAME, artifact, variantOf)),
};

function variantOf(hyperparameters: Hyperparameters): ArmaGarchVariant & { readonly variance: 'garch' } {
  requireHyperparameters(NAME, hyperparameters, { mean: ['constant'] });
  return { variance: 'garch', innovations: 'normal' };
}

function fitted(artifact: ArmaGarchArtifact): FittedForecaster {
  const { arma, volatility } = artifact;
  return new FilteredResidualsForecaster(
    NAME,
    MINIMUM_BARS,
    () => new SimulatedGarchFilter(arma, volatility as GarchModel),
    artifact as unknown as Json,
  );
}
