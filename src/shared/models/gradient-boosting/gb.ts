import type { Json } from '../../json.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import { FilteredResidualsForecaster } from '../filtered-residuals-forecaster.ts';
import type { FitOptions, FittedForecaster, Forecaster, Hyperparameters, Resumable } from '../forecaster.ts';
import { mapResult } from '../resumable/map-result.ts';
import { decodeGbArtifact, encodeGbArtifact, type GbArtifact } from './gb-artifact.ts';
import { GbFilter } from './gb-filter.ts';
import { fitGb } from './gb-fit.ts';
import { GB_GRID, parseGbHyperparameters } from './gb-hyperparameters.ts';

const NAME = 'GB';
const MINIMUM_BARS = 250;
/**
 * Calibration and mean: the linear path knows no bar that it is tried on, and the trees are held back by early
 * stopping.
 */
const COEFFICIENTS = 2;

/**
 * The member `GB`: histogram gradient boosting of scale and mean, on lagged returns, ranges, volume and the calendar.
 *
 * The log range of the next bar is expected by the linear path, with the series' covariates where it has any, and
 * trees learn what that misses; the return's scale is the range so forecast, calibrated to the fit's returns. Further
 * trees, held back strongly, learn the return's mean in units of that scale. How many trees there are, the last 15 %
 * of the fit's own bars decide. The shape is that of the last 1,000 standardised residuals. Companions are not used.
 * The same seed gives the same bits.
 */
export const gradientBoosting: Forecaster = {
  name: NAME,
  grid: GB_GRID,

  minimumBars(hyperparameters: Hyperparameters): number {
    parseGbHyperparameters(hyperparameters);
    return MINIMUM_BARS;
  },

  fit(
    series: Series,
    hyperparameters: Hyperparameters,
    { seed, checkpoint }: FitOptions,
  ): Resumable<FittedForecaster> {
    const parsed = parseGbHyperparameters(hyperparameters);
    requireFitSeries(series, MINIMUM_BARS);
    return mapResult(fitGb(series, parsed, seed, checkpoint), (model) =>
      fittedGb({ hyperparameters: parsed, model }),
    );
  },

  restore: (artifact: Json) => fittedGb(decodeGbArtifact(artifact)),
};

function fittedGb(artifact: GbArtifact): FittedForecaster {
  return new FilteredResidualsForecaster(
    NAME,
    MINIMUM_BARS,
    (series) => new GbFilter(artifact.model, series),
    encodeGbArtifact(artifact),
    { coefficients: COEFFICIENTS },
  );
}
