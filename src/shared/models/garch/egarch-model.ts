import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { normalCdf } from '../../numerics/distributions/normal.ts';
import { MEAN_ABSOLUTE_NORMAL } from './egarch-recursion.ts';
import type { VolatilityFilter } from './volatility-filter.ts';

/** EGARCH(1,1), see `egarchRecursion`. */
export interface EgarchModel {
  readonly variance: 'egarch';
  readonly omega: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly beta: number;
  /** Of the first residual, as the start of the fit's recursion gave it. */
  readonly firstVariance: number;
}

/**
 * EGARCH along residuals.
 *
 * Forecasts over several steps are the exact expectation under normal innovations (Nelson 1991, theorem A1.2): the log
 * variance k steps on is linear in the shocks g(z) between, so its exponential's expectation is a product. With t
 * innovations that expectation does not exist (the shocks' exponentials have no mean), and the same formula is used.
 */
export class EgarchFilter implements VolatilityFilter {
  readonly #model: EgarchModel;
  #logVariance: number;

  constructor(model: EgarchModel) {
    this.#model = model;
    this.#logVariance = ln(model.firstVariance);
  }

  get variance(): number {
    return exp(this.#logVariance);
  }

  update(residual: number): void {
    const { omega, alpha, gamma, beta } = this.#model;
    const z = residual / Math.sqrt(exp(this.#logVariance));
    this.#logVariance =
      omega + alpha * (Math.abs(z) - MEAN_ABSOLUTE_NORMAL) + gamma * z + beta * this.#logVariance;
  }

  forecast(steps: number): Float64Array {
    const { omega, beta } = this.#model;
    const variances = new Float64Array(steps);
    let expectedLog = this.#logVariance; // without the shocks
    let shocks = 1; // their factors
    let weight = 1;
    for (let k = 0; k < steps; k++) {
      variances[k] = exp(expectedLog) * shocks;
      expectedLog = omega + beta * expectedLog;
      shocks *= expectedShock(this.#model, weight);
      weight *= beta;
    }
    return variances;
  }
}

/** E exp(b (alpha (|z| - sqrt(2 / pi)) + gamma z)) for a standard normal z. */
function expectedShock({ alpha, gamma }: EgarchModel, b: number): number {
  const up = b * (gamma + alpha);
  const down = b * (alpha - gamma);
  const sizes = exp(0.5 * up * up) * normalCdf(up) + exp(0.5 * down * down) * normalCdf(down);
  return sizes * exp(-b * alpha * MEAN_ABSOLUTE_NORMAL);
}
