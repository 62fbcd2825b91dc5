import { FitError } from '../../errors/fit-error.ts';
import { ordinaryLeastSquares } from '../../numerics/ordinary-least-squares.ts';
import { HeldLogMeasure } from '../linear-path/held-log-measure.ts';
import { HarFilter } from './har-filter.ts';
import { HAR_MEMORY, type HarModel, harRegressors } from './har-model.ts';

/** Share of the bars that must have a positive measure. */
const SMALLEST_MOVING_SHARE = 0.5;

/**
 * Fits a HAR model (Corsi 2009, eq. 9, in logarithms) by ordinary least squares, and calibrates it to the returns.
 *
 * @param measures a variance measure per bar
 * @param returns log returns, one fewer: return j leads from bar j to bar j + 1
 * @param path see `HarFilter`; what it expects is calibrated
 * @throws FitError `constant_series` when fewer than half of the bars have a positive measure, or the measures do not
 *   determine the regression; `too_few_bars` when fewer than 30 bars can be forecast from what lies before them
 */
export function fitHar(measures: Float64Array, returns: Float64Array, path?: Float64Array): HarModel {
  const moving = measures.reduce((count, measure) => count + (measure > 0 ? 1 : 0), 0);
  if (moving < SMALLEST_MOVING_SHARE * measures.length) {
    throw new FitError(
      'constant_series',
      `Only ${moving} of ${measures.length} bars have a range: HAR needs half of them to`,
      { moving, bars: measures.length },
    );
  }
  const floor = new HeldLogMeasure();
  const logs = Array.from(measures.subarray(1), (measure) => floor.next(measure)).filter(
    (log) => log !== null,
  );
  const rows = logs.length - HAR_MEMORY;
  if (rows < 30) {
    throw new FitError(
      'too_few_bars',
      `${logs.length} bars with a range are too few for HAR: it needs ${HAR_MEMORY + 30}`,
      { have: logs.length, need: HAR_MEMORY + 30 },
    );
  }
  const regressors = Array.from({ length: rows }, (_, i) => harRegressors(logs, HAR_MEMORY + i));
  const columns = [0, 1, 2].map((k) => Float64Array.from(regressors, (row) => row[k]));
  const fit = ordinaryLeastSquares(
    [new Float64Array(rows).fill(1), ...columns],
    Float64Array.from(logs.slice(HAR_MEMORY)),
  );
  if (fit === null) {
    throw new FitError('constant_series', `The ranges of ${measures.length} bars do not determine HAR`, {
      bars: measures.length,
    });
  }
  const [intercept, daily, weekly, monthly] = fit.coefficients;
  const uncalibrated: HarModel = {
    intercept,
    daily,
    weekly,
    monthly,
    errorVariance: fit.residualVariance,
    calibration: 1,
    mean: returns.reduce((sum, value) => sum + value, 0) / returns.length,
  };
  return { ...uncalibrated, calibration: calibrationOf(uncalibrated, measures, returns, path) };
}

/** Mean squared return, in units of the variance expected before it. */
function calibrationOf(
  model: HarModel,
  measures: Float64Array,
  returns: Float64Array,
  path: Float64Array | undefined,
): number {
  const filter = new HarFilter(model, measures, path);
  let sum = 0;
  let count = 0;
  returns.forEach((value, i) => {
    const expected = filter.forecast(1);
    if (expected !== null) {
      const z = (value - expected.mean) / expected.scale;
      sum += z * z;
      count++;
    }
    filter.update(value, i + 1);
  });
  return sum / count;
}
