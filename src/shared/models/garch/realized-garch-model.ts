import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import type { VolatilityFilter } from './volatility-filter.ts';

/** Realized GARCH; the equations stand in `realized-garch-parameters.ts`. */
export interface RealizedGarchModel {
  readonly variance: 'realized';
  readonly omega: number;
  readonly beta: number;
  readonly gamma: number;
  readonly xi: number;
  readonly phi: number;
  readonly tau1: number;
  readonly tau2: number;
  /** Variance of u. */
  readonly measureVariance: number;
  /** Of the first residual, as the start of the fit's recursion gave it. */
  readonly firstVariance: number;
}

/** The least that {@link expectedSurprise}'s denominator is taken as: its expectation exists only above 0. */
const SMALLEST_DENOMINATOR = 0.1;

/**
 * Realized GARCH along residuals and measures.
 *
 * Forecasts over several steps are the exact expectation under normal innovations: with the measurement equation put into
 * the recursion, ln h(t+1) = omega + gamma xi + (beta + gamma phi) ln h(t) + gamma (tau1 z + tau2 (z^2 - 1) + u), so the log
 * variance k steps on is linear in the surprises between and its exponential's expectation a product of known factors. With
 * t innovations and tau2 above 0 that expectation does not exist, and the same formula is used.
 */
export class RealizedGarchFilter implements VolatilityFilter {
  readonly #model: RealizedGarchModel;
  #logVariance: number;

  constructor(model: RealizedGarchModel) {
    this.#model = model;
    this.#logVariance = ln(model.firstVariance);
  }

  get variance(): number {
    return exp(this.#logVariance);
  }

  update(_residual: number, logMeasure: number): void {
    if (Number.isNaN(logMeasure)) return;
    const { omega, beta, gamma } = this.#model;
    this.#logVariance = omega + beta * this.#logVariance + gamma * logMeasure;
  }

  forecast(steps: number): Float64Array {
    const { omega, beta, gamma, xi, phi } = this.#model;
    const variances = new Float64Array(steps);
    let expectedLog = this.#logVariance; // without the surprises
    let surprises = 1; // their factors
    let weight = gamma;
    for (let k = 0; k < steps; k++) {
      variances[k] = exp(expectedLog) * surprises;
      expectedLog = omega + gamma * xi + (beta + gamma * phi) * expectedLog;
      surprises *= expectedSurprise(this.#model, weight);
      weight *= beta + gamma * phi;
    }
    return variances;
  }
}

/** E exp(b (tau1 z + tau2 (z^2 - 1) + u)) for a standard normal z. */
function expectedSurprise({ tau1, tau2, measureVariance }: RealizedGarchModel, b: number): number {
  const denominator = Math.max(SMALLEST_DENOMINATOR, 1 - 2 * b * tau2);
  const slope = b * tau1;
  return (
    exp(0.5 * b * b * measureVariance - b * tau2 + (0.5 * slope * slope) / denominator) /
    Math.sqrt(denominator)
  );
}
