import type { ReturnFilter } from '../filtered-residuals-forecaster.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';

/** Returns whose mean square starts the recursion. */
const BURN_IN = 20;
/** The variance forecast never falls below this share of the mean square of all returns so far. */
const SMALLEST_SHARE = 1e-4;

/**
 * Exponentially weighted variance: h(t) = lambda h(t-1) + (1 - lambda) r(t-1)^2, mean 0 (J.P. Morgan, RiskMetrics Technical
 * Document, 4th edition 1996, section 5.2).
 *
 * Starts with the mean square of the first 20 returns; before them there is no forecast. Over several steps the variance
 * stays what it is. After a long standstill it is held at 1e-4 of the mean square of all returns so far (a hundredth of the
 * standard deviation), so that the first move after it has a finite standardised residual.
 */
export class EwmaFilter implements ReturnFilter {
  readonly #lambda: number;
  #count = 0;
  #sumOfSquares = 0;
  #variance = 0;

  /** @param lambda share of yesterday's variance that stays, between 0 and 1 */
  constructor(lambda: number) {
    this.#lambda = lambda;
  }

  forecast(steps: number): MeanAndScale | null {
    if (this.#count < BURN_IN || !(this.#sumOfSquares > 0)) return null;
    const floor = (SMALLEST_SHARE * this.#sumOfSquares) / this.#count;
    return { mean: 0, scale: Math.sqrt(steps * Math.max(this.#variance, floor)) };
  }

  update(logReturn: number): void {
    const square = logReturn * logReturn;
    this.#count++;
    this.#sumOfSquares += square;
    if (this.#count <= BURN_IN) this.#variance = this.#sumOfSquares / this.#count;
    else this.#variance = this.#lambda * this.#variance + (1 - this.#lambda) * square;
  }
}
