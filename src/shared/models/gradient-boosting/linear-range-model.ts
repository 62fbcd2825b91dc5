import { FitError } from '../../errors/fit-error.ts';
import { ordinaryLeastSquares } from '../../numerics/ordinary-least-squares.ts';
import { type BarFeatures, FIRST_FEATURE_BAR } from './bar-features.ts';

/** Coefficients of the linear model of the next bar's log range: the constant, then one for each regressor. */
export type LinearRangeModel = Float64Array;

/**
 * Fits the linear model that the trees start from, by ordinary least squares on all bars with features and a bar after.
 *
 * A regressor that does not vary (the volume, where there is none) has the coefficient 0.
 *
 * @throws FitError `constant_series` when the ranges do not determine it
 */
export function fitLinearRangeModel({ logRanges, regressors }: BarFeatures): LinearRangeModel {
  const end = logRanges.length - 1;
  const columns = regressors.map((column) => column.slice(FIRST_FEATURE_BAR, end));
  const varying = columns.map((column) => column.some((value) => value !== column[0]));
  const outcome = logRanges.slice(FIRST_FEATURE_BAR + 1, end + 1);
  const fit = ordinaryLeastSquares(
    [new Float64Array(outcome.length).fill(1), ...columns.filter((_, j) => varying[j])],
    outcome,
  );
  if (fit === null) {
    throw new FitError('constant_series', `The ranges of ${logRanges.length} bars do not determine GB`, {
      bars: logRanges.length,
    });
  }
  let next = 1;
  return Float64Array.from([
    fit.coefficients[0],
    ...varying.map((varies) => (varies ? fit.coefficients[next++] : 0)),
  ]);
}

/** The log range that the linear model expects of the bar after `bar`. */
export function expectedLogRange(
  coefficients: LinearRangeModel,
  { regressors }: BarFeatures,
  bar: number,
): number {
  let sum = coefficients[0];
  for (let j = 0; j < regressors.length; j++) sum += coefficients[j + 1] * regressors[j][bar];
  return sum;
}
