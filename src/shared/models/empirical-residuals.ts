import { FitError } from '../errors/fit-error.ts';
import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../numerics/distributions/predictive-distribution.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { distributionOfShape } from './distribution-of-shape.ts';

/** Standardised residuals kept for the quantiles of a forecast. */
const RESIDUAL_CAPACITY = 1000;

/**
 * The predictive distribution with the shape of past standardised residuals: `mean + scale * z` with their quantiles z.
 * This is filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper 1999) without drawing.
 *
 * @param mean expected log return
 * @param scale volatility forecast; positive
 * @param sortedResiduals standardised residuals known at the cutoff, ascending; at least one
 * @throws FitError `not_finite` when mean or scale is not finite or scale is not positive; `too_few_bars` without residuals
 */
export function distributionFromResiduals(
  mean: number,
  scale: number,
  sortedResiduals: Float64Array,
): PredictiveDistribution {
  return distributionOfShape(mean, scale, empiricalQuantiles(sortedResiduals));
}

/**
 * Quantiles of standardised residuals at `QUANTILE_LEVELS`, by linear interpolation between order statistics, (n - 1)
 * p from the smallest (type 7 of Hyndman and Fan 1996).
 *
 * @param sortedResiduals ascending
 * @throws FitError `too_few_bars` without residuals
 */
export function empiricalQuantiles(sortedResiduals: Float64Array): Float64Array {
  const n = sortedResiduals.length;
  if (n === 0) throw new FitError('too_few_bars', 'A predictive distribution needs at least one residual');
  const quantiles = new Float64Array(QUANTILE_LEVELS.length);
  let previous = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < quantiles.length; i++) {
    const position = (n - 1) * QUANTILE_LEVELS[i];
    const below = Math.floor(position);
    const above = Math.min(below + 1, n - 1);
    const z = sortedResiduals[below] + (position - below) * (sortedResiduals[above] - sortedResiduals[below]);
    // Rounding may put an interpolated value an ulp above the next order statistic.
    previous = Math.max(previous, z);
    quantiles[i] = previous;
  }
  return quantiles;
}

/** The last standardised residuals, kept sorted while new ones arrive. */
export class ResidualPool {
  readonly capacity: number;
  /** In order of arrival, a ring. */
  #arrivals: Float64Array;
  /** The same values, ascending. */
  #ascending: Float64Array;
  #size = 0;
  /** Where the next one goes; the oldest once the pool is full. */
  #next = 0;

  /** @param initial pushed in their order; of more than `capacity` the last stay */
  constructor(capacity: number = RESIDUAL_CAPACITY, initial: ArrayLike<number> = []) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`A pool's capacity is a positive integer, not ${capacity}`);
    }
    this.capacity = capacity;
    this.#arrivals = new Float64Array(capacity);
    this.#ascending = new Float64Array(capacity);
    const first = Math.max(0, initial.length - capacity);
    for (let i = first; i < initial.length; i++) this.#arrivals[i - first] = requireFinite(initial[i]);
    this.#size = initial.length - first;
    this.#next = this.#size % capacity;
    this.#ascending.set(this.#arrivals.subarray(0, this.#size).slice().sort());
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a residual and, when the pool is full, drops the oldest. @throws FitError `not_finite` */
  push(residual: number): void {
    const value = requireFinite(residual);
    const ascending = this.#ascending;
    if (this.#size === this.capacity) {
      const at = this.#lowerBound(this.#arrivals[this.#next]);
      ascending.copyWithin(at, at + 1, this.#size);
      this.#size--;
    }
    const at = this.#lowerBound(value);
    ascending.copyWithin(at + 1, at, this.#size);
    ascending[at] = value;
    this.#size++;
    this.#arrivals[this.#next] = value;
    this.#next = (this.#next + 1) % this.capacity;
  }

  /** The residuals, ascending. A view that holds until the next `push`: a copy for each of thousands of bars is memory. */
  sorted(): Float64Array {
    return this.#ascending.subarray(0, this.#size);
  }

  /** Another pool with the same residuals. */
  copy(): ResidualPool {
    return new ResidualPool(this.capacity, this.#inOrder());
  }

  /** Capacity and the residuals in order of arrival, oldest first. */
  toJSON(): { capacity: number; residuals: string } {
    return { capacity: this.capacity, residuals: encodeFloat64(this.#inOrder()) };
  }

  /** The inverse of {@link toJSON}. @throws FitError `invalid_artifact` */
  static from(json: unknown): ResidualPool {
    const { capacity, residuals } = (json ?? {}) as { capacity?: unknown; residuals?: unknown };
    if (typeof capacity !== 'number' || typeof residuals !== 'string') {
      throw new FitError('invalid_artifact', 'A residual pool holds a capacity and encoded residuals');
    }
    try {
      return new ResidualPool(capacity, decodeFloat64(residuals));
    } catch (error) {
      throw new FitError('invalid_artifact', `Not a residual pool: ${(error as Error).message}`);
    }
  }

  /** By arrival, oldest first. */
  #inOrder(): Float64Array {
    const ordered = new Float64Array(this.#size);
    const oldest = this.#size === this.capacity ? this.#next : 0;
    for (let i = 0; i < this.#size; i++) ordered[i] = this.#arrivals[(oldest + i) % this.capacity];
    return ordered;
  }

  /** The first place among the ascending residuals whose value is not below `value`. */
  #lowerBound(value: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ascending[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function requireFinite(residual: number): number {
  if (!Number.isFinite(residual)) {
    throw new FitError('not_finite', `A standardised residual must be finite, not ${residual}`);
  }
  return residual + 0; // -0 becomes 0: one order of equal values
}
