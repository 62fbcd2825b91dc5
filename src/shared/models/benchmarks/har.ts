import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { logReturns } from '../../series/log-returns.ts';
import {
  garmanKlassOvernightVariance,
  garmanKlassVariance,
  parkinsonVariance,
} from '../../series/range-measures.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import { FilteredResidualsForecaster } from '../filtered-residuals-forecaster.ts';
import type { FittedForecaster, Forecaster, Hyperparameters } from '../forecaster.ts';
import { requireArtifact } from '../require-artifact.ts';
import { requireHyperparameters } from '../require-hyperparameters.ts';
import { resumableUnits } from '../resumable/resumable-units.ts';
import { fitHar } from './fit-har.ts';
import { HarFilter } from './har-filter.ts';
import type { HarModel } from './har-model.ts';

const NAME = 'HAR';
const MINIMUM_BARS = 250;
const MEASURES = {
  parkinson: parkinsonVariance,
  garman_klass: garmanKlassVariance,
  garman_klass_overnight: garmanKlassOvernightVariance,
} as const;
type MeasureName = keyof typeof MEASURES;
const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];
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
 * month.
 *
 * The log of a variance measure of each bar is regressed on its last value and on its means over 5 and 22 bars by ordinary
 * least squares; its forecast is brought back to a variance with the lognormal correction and multiplied by the mean squared
 * standardised return of the fit, so that a measure that misses the night, or is biased, still gives the return's scale.
 * The mean is the fitted bars' mean log return, the shape that of the last 1,000 standardised residuals. Several steps: see
 * {@link HarFilter}. Bars whose high is their low: see `HeldLogMeasure`. The position of a half session in its day is
 * not modelled.
 *
 * Hyperparameter `measure`: `garman_klass_overnight`, `garman_klass` or `parkinson`. Nothing is random: the seed is not used.
 */
export const har: Forecaster = {
  name: NAME,
  grid: [{ measure: 'garman_klass_overnight' }, { measure: 'garman_klass' }, { measure: 'parkinson' }],
  minimumBars: () => MINIMUM_BARS,
  fit(series, hyperparameters, { checkpoint }) {
    requireHyperparameters(NAME, hyperparameters, { measure: MEASURE_NAMES });
    requireFitSeries(series, MINIMUM_BARS);
    const measures = MEASURES[hyperparameters.measure as MeasureName];
    return resumableUnits<HarModel | null, FittedForecaster>(
      [() => withoutNegativeZero(fitHar(measures(series), logReturns(series.close)))],
      null,
      (model) => fitted({ name: NAME, version: 1, hyperparameters, model: model! }),
      checkpoint,
    );
  },
  restore: (artifact) => fitted(readHarArtifact(artifact)),
};

interface HarArtifact {
  readonly name: typeof NAME;
  readonly version: 1;
  readonly hyperparameters: Hyperparameters;
  readonly model: HarModel;
}

function fitted(artifact: HarArtifact): FittedForecaster {
  const { hyperparameters, model } = artifact;
  const measures = MEASURES[hyperparameters.measure as MeasureName];
  return new FilteredResidualsForecaster(
    NAME,
    MINIMUM_BARS,
    (series) => new HarFilter(model, measures(series)),
    artifact as unknown as Json,
  );
}

function readHarArtifact(json: Json): HarArtifact {
  const artifact = requireArtifact(json, NAME, 1) as Partial<HarArtifact>;
  const { hyperparameters, model } = artifact;
  const measure = hyperparameters?.measure as MeasureName;
  if (!MEASURE_NAMES.includes(measure)) {
    throw new FitError('invalid_artifact', `An artifact of ${NAME} names its measure, not ${measure}`);
  }
  for (const parameter of PARAMETERS) {
    if (Number.isFinite(model?.[parameter])) continue;
    throw new FitError(
      'invalid_artifact',
      `An artifact of ${NAME} holds a finite ${parameter}, not ${model?.[parameter]}`,
    );
  }
  return artifact as HarArtifact;
}

/** As it comes back from storage: JSON has no -0. */
function withoutNegativeZero(model: HarModel): HarModel {
  return JSON.parse(JSON.stringify(model)) as HarModel;
}
