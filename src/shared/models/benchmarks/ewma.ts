import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { logReturns } from '../../series/log-returns.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import { FilteredResidualsForecaster } from '../filtered-residuals-forecaster.ts';
import type { FittedForecaster, Forecaster } from '../forecaster.ts';
import { requireArtifact } from '../require-artifact.ts';
import { requireHyperparameters } from '../require-hyperparameters.ts';
import { resumableUnits } from '../resumable/resumable-units.ts';
import { chooseEwmaLambda } from './choose-ewma-lambda.ts';
import { EwmaFilter } from './ewma-filter.ts';

const NAME = 'EWMA';
const MINIMUM_BARS = 250;
/** RiskMetrics' choice for daily returns (Technical Document, 4th edition 1996, section 5.3.2.2). */
const RISKMETRICS_LAMBDA = 0.94;

/**
 * RiskMetrics: expected log return 0, exponentially weighted volatility (see {@link EwmaFilter}), and the shape of the last
 * 1,000 standardised residuals.
 *
 * Hyperparameter `lambda`: 0.94, with which there is nothing to fit, or `chosen`, the one of 0.80 to 0.99 that fits the
 * fitted bars best (see {@link chooseEwmaLambda}). The seed is not used.
 */
export const ewma: Forecaster = {
  name: NAME,
  grid: [{ lambda: RISKMETRICS_LAMBDA }, { lambda: 'chosen' }],
  minimumBars: () => MINIMUM_BARS,
  fit(series, hyperparameters, { checkpoint }) {
    requireHyperparameters(NAME, hyperparameters, { lambda: [RISKMETRICS_LAMBDA, 'chosen'] });
    requireFitSeries(series, MINIMUM_BARS);
    const choose = () =>
      hyperparameters.lambda === 'chosen' ? chooseEwmaLambda(logReturns(series.close)) : RISKMETRICS_LAMBDA;
    return resumableUnits<number | null, FittedForecaster>(
      [choose],
      null,
      (lambda) => {
        // Null only when every return before the last ones is 0.
        return fitted(lambda ?? RISKMETRICS_LAMBDA);
      },
      checkpoint,
    );
  },
  restore: (artifact) => fitted(readLambda(artifact)),
};

function fitted(lambda: number): FittedForecaster {
  return new FilteredResidualsForecaster(NAME, MINIMUM_BARS, () => new EwmaFilter(lambda), {
    name: NAME,
    version: 1,
    lambda,
  });
}

function readLambda(artifact: Json): number {
  const { lambda } = requireArtifact(artifact, NAME, 1);
  if (typeof lambda !== 'number' || !(lambda > 0 && lambda < 1)) {
    throw new FitError('invalid_artifact', `The lambda of ${NAME} lies between 0 and 1, not ${lambda}`);
  }
  return lambda;
}
