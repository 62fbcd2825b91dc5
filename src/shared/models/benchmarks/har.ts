import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { logReturns } from '../../series/log-returns.ts';
import { garmanKlassOvernightVariance } from '../../series/range-measures.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import { FilteredResidualsForecaster } from '../filtered-residuals-forecaster.ts';
import type { FittedForecaster, Forecaster } from '../forecaster.ts';
import { linearPath } from '../linear-path/linear-path.ts';
import { requireArtifact } from '../require-artifact.ts';
import { requireHyperparameters } from '../require-hyperparameters.ts';
import { resumableUnits } from '../resumable/resumable-units.ts';
import { fitHar } from './fit-har.ts';
import { HarFilter } from './har-filter.ts';
import type { HarModel } from './har-model.ts';

const NAME = 'HAR';
const VERSION = 2;
const MINIMUM_BARS = 250;
const PARAMETERS = [
  'intercept',
  'daily',
  'weekly',
  'monthly',
  'errorVariance',
  'calibration',
  'mean',
] as const;

/**
 * HAR on the log range (Corsi 2009; on ranges rather than realised variances): volatility follows its own last day, week and
 * month, and what else is known beforehand.
 *
 * The next bar's log range (Garman and Klass, and the night) is what the linear path expects, with the series'
 * covariates where it has any: see `linearPath`. Further bars follow the log range's last value and its means over 5
 * and 22 bars, fitted by ordinary least squares: see {@link HarFilter}. Both are brought back to a variance with the
 * lognormal correction and multiplied by the mean squared standardised return of the fit. The mean is the fitted
 * bars' mean log return, the shape that of the last 1,000 standardised residuals. Bars whose high is their low: see
 * `HeldLogMeasure`. The position of a half session in its day is not modelled.
 *
 * No hyperparameters: a benchmark is not tuned. Nothing is random: the seed is not used.
 */
export const har: Forecaster = {
  name: NAME,
  grid: [{}],
  minimumBars: () => MINIMUM_BARS,
  fit(series, hyperparameters, { checkpoint }) {
    requireHyperparameters(NAME, hyperparameters, {});
    requireFitSeries(series, MINIMUM_BARS);
    return resumableUnits<HarModel | null, FittedForecaster>(
      [
        () =>
          withoutNegativeZero(
            fitHar(
              garmanKlassOvernightVariance(series),
              logReturns(series.close),
              expectedLogVariances(series),
            ),
          ),
      ],
      null,
      (model) => fitted({ name: NAME, version: VERSION, model: model! }),
      checkpoint,
    );
  },
  restore: (artifact) => fitted(readHarArtifact(artifact)),
};

interface HarArtifact {
  readonly name: typeof NAME;
  readonly version: typeof VERSION;
  readonly model: HarModel;
}

function expectedLogVariances(series: Series): Float64Array {
  return linearPath(series).expected.map((logRange) => 2 * logRange);
}

function fitted(artifact: HarArtifact): FittedForecaster {
  return new FilteredResidualsForecaster(
    NAME,
    MINIMUM_BARS,
    (series) =>
      new HarFilter(artifact.model, garmanKlassOvernightVariance(series), expectedLogVariances(series)),
    artifact as unknown as Json,
  );
}

function readHarArtifact(json: Json): HarArtifact {
  const artifact = requireArtifact(json, NAME, VERSION) as Partial<HarArtifact>;
  for (const parameter of PARAMETERS) {
    if (Number.isFinite(artifact.model?.[parameter])) continue;
    throw new FitError(
      'invalid_artifact',
      `An artifact of ${NAME} holds a finite ${parameter}, not ${artifact.model?.[parameter]}`,
    );
  }
  return artifact as HarArtifact;
}

/** As it comes back from storage: JSON has no -0. */
function withoutNegativeZero(model: HarModel): HarModel {
  return JSON.parse(JSON.stringify(model)) as HarModel;
}
