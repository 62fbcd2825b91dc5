import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { LaggedMeasure, lagWeights, type RealizedVariance } from './lagged-measure.ts';
import type { VolatilityFilter } from './volatility-filter.ts';

/** Realized GARCH; the equations stand in `realized-garch-parameters.ts`. */
export interface RealizedGarchModel {
  readonly variance: RealizedVariance;
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
 * the recursion, ln h is linear in its past and in the surprises tau1 z + tau2 (z^2 - 1) + u between, so the expectation of its
 * exponential k steps on is a product of known factors. With
 * t innovations and tau2 above 0 that expectation does not exist, and the same formula is used.
 */
export class RealizedGarchFilter implements VolatilityFilter {
  readonly #model: RealizedGarchModel;
  readonly #measure: LaggedMeasure;
  #logVariance: number;

  constructor(model: RealizedGarchModel) {
    this.#model = model;
    this.#measure = new LaggedMeasure(model.variance);
    this.#logVariance = ln(model.firstVariance);
  }

  get variance(): number {
    return exp(this.#logVariance);
  }

  update(_residual: number, logMeasure: number): void {
    if (Number.isNaN(logMeasure)) return;
    const { omega, beta, gamma } = this.#model;
    this.#measure.push(logMeasure);
    this.#logVariance = omega + beta * this.#logVariance + gamma * this.#measure.value;
  }

  forecast(steps: number): Float64Array {
    const { omega, beta, gamma, xi, phi } = this.#model;
    const responses = this.#responses(steps);
    const measure = this.#measure.copy();
    const variances = new Float64Array(steps);
    let expectedLog = this.#logVariance; // without the surprises
    let surprises = 1; // their factors
    for (let k = 0; k < steps; k++) {
      variances[k] = exp(expectedLog) * surprises;
      measure.push(xi + phi * expectedLog);
      expectedLog = omega + beta * expectedLog + gamma * measure.value;
      surprises *= expectedSurprise(this.#model, responses[k]);
    }
    return variances;
  }

  /** How far a surprise in a bar's log measure moves the log variance 1, 2, ... steps after it, itself and by what it moves between. */
  #responses(steps: number): Float64Array {
    const { beta, gamma, phi, variance } = this.#model;
    const weights = lagWeights(variance);
    const measures = new Float64Array(steps); // by which the surprise moves the measure of its bar and those after it
    const responses = new Float64Array(steps);
    for (let k = 0; k < steps; k++) {
      measures[k] = k === 0 ? 1 : phi * responses[k - 1];
      let lagged = 0;
      for (let lag = 0; lag <= Math.min(k, weights.length - 1); lag++)
        lagged += weights[lag] * measures[k - lag];
      responses[k] = (k === 0 ? 0 : beta * responses[k - 1]) + gamma * lagged;
    }
    return responses;
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
