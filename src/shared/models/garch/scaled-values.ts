import { FitError } from '../../errors/fit-error.ts';
import { centreAndUnit, type Scaling } from '../centre-and-unit.ts';

const MINIMUM_VALUES = 10;

/** Values in units of their standard deviation, so that a search need not know their unit. */
export interface ScaledValues extends Scaling {
  readonly scaled: Float64Array;
}

/** @throws FitError `too_few_bars` below 10 values; `not_finite`, `constant_series` as `centreAndUnit` */
export function scaleValues(y: Float64Array, mean: 'constant' | 'zero'): ScaledValues {
  const n = y.length;
  if (n < MINIMUM_VALUES) {
    throw new FitError(
      'too_few_bars',
      `${n} values are too few for a volatility model: it needs ${MINIMUM_VALUES}`,
      { have: n, need: MINIMUM_VALUES },
    );
  }
  const { centre, unit } = centreAndUnit(y, mean === 'constant');
  return { scaled: y.map((value) => (value - centre) / unit), centre, unit };
}
