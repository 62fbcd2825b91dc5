import type { VolatilityFilter } from './volatility-filter.ts';

/** GARCH(1,1) (gamma is 0) or GJR-GARCH(1,1), see `gjrRecursion`. */
export interface GarchModel {
  readonly variance: 'garch' | 'gjr';
  readonly omega: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly beta: number;
  /** Of the first residual, as the start of the fit's recursion gave it. */
  readonly firstVariance: number;
}

/** How much of a variance shock is left after one step: alpha + gamma / 2 + beta. */
export function persistence(model: Pick<GarchModel, 'alpha' | 'gamma' | 'beta'>): number {
  return model.alpha + 0.5 * model.gamma + model.beta;
}

/** GARCH and GJR-GARCH along residuals. Forecasts: h(k + 1) = omega + persistence h(k), exact when shocks are symmetric. */
export class GarchFilter implements VolatilityFilter {
  readonly #model: GarchModel;
  #variance: number;

  constructor(model: GarchModel) {
    this.#model = model;
    this.#variance = model.firstVariance;
  }

  get variance(): number {
    return this.#variance;
  }

  update(residual: number): void {
    const { omega, alpha, gamma, beta } = this.#model;
    const square = residual * residual;
    this.#variance = omega + (residual < 0 ? alpha + gamma : alpha) * square + beta * this.#variance;
  }

  forecast(steps: number): Float64Array {
    const variances = new Float64Array(steps);
    for (let k = 0; k < steps; k++) {
      variances[k] =
        k === 0 ? this.#variance : this.#model.omega + persistence(this.#model) * variances[k - 1];
    }
    return variances;
  }
}
