import { FitError } from '../errors/fit-error.ts';
import { meanOf } from '../numerics/mean.ts';

/** What values were scaled with: (value - centre) / unit. */
export interface Scaling {
  /** The mean; 0 when the mean is known to be. */
  readonly centre: number;
  /** The standard deviation, about the centre. */
  readonly unit: number;
}

/** Sizes between these and their inverses can be squared, and summed up, in double precision. */
const LARGEST_SIZE = 1e140;
/**
 * Range that rounding may leave of a constant, by the number of differences, in units of epsilon times the largest value: d
 * differences add up 2^d values, each of which may be half an ulp off as stored, and twice that by how it came about.
 */
const ROUNDING = [4, 8, 16];

/**
 * Mean and standard deviation of values that a model is to be fitted to.
 *
 * Values that differ by no more than rounding are constant: 300 times 0.1 has a mean that is not 0.1 to the bit, and the
 * differences of 0.1, 0.2, 0.3, ... are not all the same.
 *
 * @param hasMean false when the mean is known to be 0
 * @param what the values are, for messages; default `values`
 * @param differenced the series that the values are the d-th differences of, and d; default the values themselves and 0
 * @throws FitError `constant_series`; `not_finite` for a value that is not, or when the squares of the values are not, or
 *   are 0 in double precision
 */
export function centreAndUnit(
  values: Float64Array,
  hasMean: boolean,
  what = 'values',
  differenced: { readonly series: Float64Array; readonly d: number } = { series: values, d: 0 },
): Scaling {
  const n = values.length;
  const largest = largestSize(differenced.series);
  if (!Number.isFinite(largest)) {
    throw new FitError('not_finite', `The ${differenced.series.length} values are not all finite`);
  }
  const rounding = ROUNDING[differenced.d] * Number.EPSILON * largest;
  const lowest = values.reduce((low, value) => Math.min(low, value));
  const range = values.reduce((high, value) => Math.max(high, value)) - lowest;
  if (!(range > rounding)) {
    throw new FitError('constant_series', `All ${n} ${what} are ${values[0]}: there is nothing to fit`);
  }
  if (largest > LARGEST_SIZE || range < 1 / LARGEST_SIZE) {
    throw new FitError(
      'not_finite',
      `The ${n} ${what} reach ${largestSize(values)}: their squares leave the range of double precision. Scale them first`,
      { largest: String(largestSize(values)) },
    );
  }
  const centre = hasMean ? meanOf(values) : 0;
  const squares = values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0);
  return { centre, unit: Math.sqrt(squares / n) };
}

/** The largest absolute value; NaN when a value is none. */
function largestSize(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
