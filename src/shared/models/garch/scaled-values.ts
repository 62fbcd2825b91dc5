import { FitError } from '../../errors/fit-error.ts';

const MINIMUM_VALUES = 10;

/** What values were scaled with: (value - centre) / unit. */
export interface Scaling {
  /** The mean; 0 when the mean is known to be. */
  readonly centre: number;
  /** The standard deviation, about the centre. */
  readonly unit: number;
}

/** Values in units of their standard deviation, so that a search need not know their unit. */
export interface ScaledValues extends Scaling {
  readonly scaled: Float64Array;
}

/** @throws FitError `too_few_bars` below 10 values, `not_finite`, `constant_series` */
export function scaleValues(y: Float64Array, mean: 'constant' | 'zero'): ScaledValues {
  const n = y.length;
  if (n < MINIMUM_VALUES) {
    throw new FitError(
      'too_few_bars',
      `${n} values are too few for a volatility model: it needs ${MINIMUM_VALUES}.`,
      { have: n, need: MINIMUM_VALUES },
    );
  }
  const centre = mean === 'constant' ? y.reduce((sum, value) => sum + value, 0) / n : 0;
  const unit = Math.sqrt(y.reduce((sum, value) => sum + (value - centre) * (value - centre), 0) / n);
  if (!Number.isFinite(unit)) throw new FitError('not_finite', `The ${n} values are not all finite.`);
  if (!(unit > 0))
    throw new FitError('constant_series', `All ${n} values are ${y[0]}: there is nothing to fit.`);
  return { scaled: y.map((value) => (value - centre) / unit), centre, unit };
}
