import { multiply, multiplyByTransposed } from '../../numerics/square-matrices.ts';
import type { ArmaModel } from './arma-model.ts';
import { type InnovationsForm, innovationsForm, stationaryVariance } from './innovations-form.ts';

/** Once the state is known this well, the data so far decide it, and the Kalman gain has settled. */
const SETTLED = 1e-14;

/**
 * The Kalman filter of an ARMA model in {@link InnovationsForm}, which starts from the stationary distribution: innovations
 * and likelihood are exact from the first observation on. Variances are in units of the innovation variance.
 */
export class ArmaFilter {
  readonly #form: InnovationsForm;
  /** F - K z': how what is not known about the state moves on, once an observation has come. */
  readonly #unexplained: Float64Array;
  readonly #gain: Float64Array;
  readonly #variance: Float64Array;
  readonly #conditional: Float64Array;
  readonly #product: Float64Array;
  readonly #mean: Float64Array;
  #settled = false;

  /** Before the first observation the state has its stationary distribution. */
  constructor(ar: ArrayLike<number>, ma: ArrayLike<number>) {
    const form = innovationsForm(ar, ma);
    const { k } = form;
    this.#form = form;
    this.#unexplained = form.transition.slice();
    for (let i = 0; i < k; i++) this.#unexplained[i * k] = -form.ma[i];
    this.#gain = new Float64Array(k);
    this.#variance = stationaryVariance(form);
    this.#conditional = new Float64Array(k * k);
    this.#product = new Float64Array(k * k);
    this.#mean = new Float64Array(k);
    this.#settle();
  }

  /** Variance of the next innovation, at least 1. */
  get innovationVariance(): number {
    return this.#settled ? 1 : 1 + this.#variance[0];
  }

  /** Expected next value, as a deviation from the mean. */
  expected(): number {
    return this.#form.k > 0 ? this.#mean[0] : 0;
  }

  /** Takes the next value, as a deviation from the mean, and returns its innovation. Then call {@link advance}. */
  update(deviation: number): number {
    const { k, ar } = this.#form;
    const mean = this.#mean;
    if (k === 0) return deviation;
    const first = mean[0];
    const innovation = deviation - first;
    for (let i = 0; i < k; i++) {
      const following = i + 1 < k ? mean[i + 1] : 0;
      mean[i] = ar[i] * first + following + this.#gain[i] * innovation;
    }
    return innovation;
  }

  /** One step in time: the variances of the next innovation. */
  advance(): void {
    if (this.#settled) return;
    const { k } = this.#form;
    const variance = this.#variance;
    const conditional = this.#conditional;
    const f = 1 + variance[0];
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        conditional[i * k + j] = variance[i * k + j] - (variance[i * k] * variance[j * k]) / f;
      }
    }
    multiply(this.#unexplained, conditional, k, this.#product);
    multiplyByTransposed(this.#product, this.#unexplained, k, variance);
    this.#settle();
  }

  /** Expected values of the next `steps` values, as deviations from the mean. */
  forecast(steps: number): Float64Array {
    const { k, ar } = this.#form;
    const state = this.#mean.slice();
    const means = new Float64Array(steps);
    if (k === 0) return means;
    for (let h = 0; h < steps; h++) {
      const first = state[0];
      means[h] = first;
      for (let i = 0; i < k; i++) state[i] = ar[i] * first + (i + 1 < k ? state[i + 1] : 0);
    }
    return means;
  }

  /** The gain for the next innovation: (F P z + K) / f, with f = 1 + P[0][0]. */
  #settle(): void {
    const { k, ar, gain } = this.#form;
    const variance = this.#variance;
    let largest = 0;
    for (let i = 0; i < k; i++) largest = Math.max(largest, variance[i * k + i]);
    this.#settled = largest < SETTLED;
    if (this.#settled) variance.fill(0);
    const first = k > 0 ? variance[0] : 0;
    for (let i = 0; i < k; i++) {
      const following = i + 1 < k ? variance[(i + 1) * k] : 0;
      this.#gain[i] = (ar[i] * first + following + gain[i]) / (1 + first);
    }
  }
}

/** A filter for deviations from `model.mean`. */
export function armaFilter(model: ArmaModel): ArmaFilter {
  return new ArmaFilter(model.ar, model.ma);
}
