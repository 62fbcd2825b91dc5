/**
 * h(t) = omega + (alpha + gamma [e(t-1) < 0]) e(t-1)^2 + beta h(t-1): GARCH(1,1) of Bollerslev (1986) when gamma is 0, else
 * GJR-GARCH(1,1) of Glosten, Jagannathan and Runkle (1993).
 */
export interface GarchModel {
  readonly omega: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly beta: number;
  /**
   * Stands for e(0)^2 and h(0), with half of the leverage: the mean squared residual of the fit (Fiorentini, Calzolari and
   * Panattoni 1996).
   */
  readonly presampleVariance: number;
}

/** How much of a variance shock is left after one step: alpha + gamma / 2 + beta. */
export function persistence(model: GarchModel): number {
  return model.alpha + 0.5 * model.gamma + model.beta;
}

/** Runs a GARCH model along residuals: holds the variance of the next one. */
export class GarchFilter {
  readonly #model: GarchModel;
  #variance: number;

  constructor(model: GarchModel) {
    this.#model = model;
    this.#variance = model.omega + persistence(model) * model.presampleVariance;
  }

  /** Variance of the next residual. */
  get variance(): number {
    return this.#variance;
  }

  /** Takes the residual that came. */
  update(residual: number): void {
    const { omega, alpha, gamma, beta } = this.#model;
    const square = residual * residual;
    this.#variance = omega + (residual < 0 ? alpha + gamma : alpha) * square + beta * this.#variance;
  }

  /** Expected variances of the next `steps` residuals; the first is {@link variance}. */
  forecast(steps: number): Float64Array {
    const variances = new Float64Array(steps);
    for (let k = 0; k < steps; k++) {
      variances[k] =
        k === 0 ? this.#variance : this.#model.omega + persistence(this.#model) * variances[k - 1];
    }
    return variances;
  }
}
