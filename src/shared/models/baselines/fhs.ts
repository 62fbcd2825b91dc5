import { logReturns } from '../../series/log-returns.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import {
  type ArmaGarchArtifact,
  armaGarchArtifact,
  readArmaGarchArtifact,
} from '../arima-garch/arma-garch-artifact.ts';
import { ArmaGarchFilter } from '../arima-garch/arma-garch-filter.ts';
import { decodeMinimum, encodeMinimum } from '../arima-garch/encoded-minimum.ts';
import { FilteredResidualsForecaster } from '../filtered-residuals-forecaster.ts';
import type { FittedForecaster, Forecaster, Json } from '../forecaster.ts';
import { GARCH_STARTS, GarchSearch } from '../garch/fit-garch.ts';
import { requireHyperparameters } from '../require-hyperparameters.ts';
import { resumableUnits } from '../resumable-units.ts';

const NAME = 'FHS';
const MINIMUM_BARS = 250;

/**
 * Filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper 1999): the benchmark of every density forecast.
 *
 * A constant mean and GARCH(1,1), fitted together by normal maximum likelihood from three starts; the quantiles are those
 * of the last 1,000 standardised residuals. One set of hyperparameters, `mean: constant`: a benchmark is not tuned. The
 * seed is not used.
 */
export const fhs: Forecaster = {
  name: NAME,
  grid: [{ mean: 'constant' }],
  minimumBars: () => MINIMUM_BARS,
  fit(series, hyperparameters, { checkpoint }) {
    requireHyperparameters(NAME, hyperparameters, { mean: ['constant'] });
    requireFitSeries(series, MINIMUM_BARS);
    const search = new GarchSearch(logReturns(series.close), {
      variance: 'garch',
      innovations: 'normal',
      mean: 'constant',
    });
    const units = Array.from({ length: GARCH_STARTS }, (_, start) => (minima: readonly string[]) => [
      ...minima,
      encodeMinimum(search.run(start)),
    ]);
    return resumableUnits<readonly string[], FittedForecaster>(
      units,
      [],
      (minima) => {
        const { model, mu, nu, logLikelihood, converged } = search.finish(minima.map(decodeMinimum));
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
  restore: (artifact) => fitted(readArmaGarchArtifact(NAME, artifact)),
};

function fitted(artifact: ArmaGarchArtifact): FittedForecaster {
  const { arma, volatility } = artifact;
  return new FilteredResidualsForecaster(
    NAME,
    MINIMUM_BARS,
    () => new ArmaGarchFilter(arma, volatility),
    artifact as unknown as Json,
  );
}
