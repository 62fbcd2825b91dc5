import type { ArmaModel } from './arma-model.ts';

/** Once the innovation variance is this close to its limit, the Kalman gain has settled. */
const SETTLED = 1e-14;

/**
 * The Kalman filter of an ARMA model in Harvey's state space form (Harvey 1993, section 4.4), which starts from the
 * stationary distribution: innovations and likelihood are exact from the first observation on.
 *
 * Variances are in units of the innovation variance. Several series can share one filter (the variances do not depend on
 * the data): the likelihood filters the series and a constant together to find the mean.
 */
export class ArmaFilter {
  /** Length of the state: max(p, q + 1). */
  readonly #r: number;
  readonly #ar: Float64Array;
  /** 1, ma[0], ma[1], ... to length r. */
  readonly #shock: Float64Array;
  /** r x r state variance. */
  #variance: Float64Array;
  #nextVariance: Float64Array;
  readonly #gain: Float64Array;
  /** State means, one row of r per series. */
  readonly #states: Float64Array;
  #settled = false;

  /** @param seriesCount series filtered together; default 1 */
  constructor(ar: ArrayLike<number>, ma: ArrayLike<number>, seriesCount = 1) {
    const r = Math.max(ar.length, ma.length + 1);
    this.#r = r;
    this.#ar = new Float64Array(r);
    this.#ar.set(ar);
    this.#shock = new Float64Array(r);
    this.#shock[0] = 1;
    this.#shock.set(ma, 1);
    this.#variance = stationaryVariance(this.#ar, this.#shock, r);
    this.#nextVariance = new Float64Array(r * r);
    this.#gain = new Float64Array(r);
    this.#states = new Float64Array(r * seriesCount);
    this.#settle();
  }

  /** Variance of the next innovation, at least 1. */
  get innovationVariance(): number {
    return this.#settled ? 1 : this.#variance[0];
  }

  /** Expected next value of a series, as a deviation from its mean. */
  expected(series = 0): number {
    return this.#states[series * this.#r];
  }

  /** Takes the next value of a series, as a deviation from its mean; call {@link advance} when all have theirs. */
  update(deviation: number, series = 0): number {
    const r = this.#r;
    const states = this.#states;
    const at = series * r;
    const first = states[at];
    const innovation = deviation - first;
    for (let i = 0; i < r; i++) {
      const following = i + 1 < r ? states[at + i + 1] : 0;
      states[at + i] = this.#ar[i] * first + following + this.#gain[i] * innovation;
    }
    return innovation;
  }

  /** One step in time: the variances of the next innovation. */
  advance(): void {
    if (this.#settled) return;
    const r = this.#r;
    const p = this.#variance;
    const next = this.#nextVariance;
    const f = p[0];
    // T P T' + R R' - K F K', with T's companion form written out
    for (let i = 0; i < r; i++) {
      for (let j = 0; j <= i; j++) {
        let value = this.#ar[i] * this.#ar[j] * f + this.#shock[i] * this.#shock[j];
        if (i + 1 < r) value += this.#ar[j] * p[(i + 1) * r];
        if (j + 1 < r) value += this.#ar[i] * p[(j + 1) * r];
        if (i + 1 < r && j + 1 < r) value += p[(i + 1) * r + j + 1];
        value -= this.#gain[i] * this.#gain[j] * f;
        next[i * r + j] = value;
        next[j * r + i] = value;
      }
    }
    this.#variance = next;
    this.#nextVariance = p;
    this.#settle();
  }

  /** Expected values of the next `steps` values, as deviations from the mean. */
  forecast(steps: number, series = 0): Float64Array {
    const r = this.#r;
    let state = this.#states.slice(series * r, (series + 1) * r);
    const means = new Float64Array(steps);
    for (let k = 0; k < steps; k++) {
      means[k] = state[0];
      const first = state[0];
      state = state.map((_, i) => this.#ar[i] * first + (i + 1 < r ? state[i + 1] : 0));
    }
    return means;
  }

  /** The gain for the next innovation: K = T P Z' / F. */
  #settle(): void {
    const r = this.#r;
    const f = this.#variance[0];
    this.#settled = f - 1 < SETTLED;
    for (let i = 0; i < r; i++) {
      this.#gain[i] = this.#ar[i] + (i + 1 < r ? this.#variance[(i + 1) * r] / f : 0);
    }
  }
}

/** A filter for deviations from `model.mean`. */
export function armaFilter(model: ArmaModel): ArmaFilter {
  return new ArmaFilter(model.ar, model.ma);
}

/** Solves P = T P T' + R R' by doubling: each round adds as many terms of the infinite sum as there are. */
function stationaryVariance(ar: Float64Array, shock: Float64Array, r: number): Float64Array {
  let power: Float64Array = new Float64Array(r * r);
  let sum: Float64Array = new Float64Array(r * r);
  for (let i = 0; i < r; i++) {
    power[i * r] = ar[i];
    if (i + 1 < r) power[i * r + i + 1] = 1;
    for (let j = 0; j < r; j++) sum[i * r + j] = shock[i] * shock[j];
  }
  for (let round = 0; round < 60; round++) {
    const added = multiplyTransposed(multiply(power, sum, r), power, r);
    let largest = 0;
    for (let i = 0; i < added.length; i++) largest = Math.max(largest, Math.abs(added[i]));
    if (!(largest > 1e-18 * sum[0])) break;
    sum = sum.map((value, i) => value + added[i]);
    power = multiply(power, power, r);
  }
  return sum;
}

function multiply(a: Float64Array, b: Float64Array, r: number): Float64Array {
  const product = new Float64Array(r * r);
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < r; j++) {
      for (let k = 0; k < r; k++) product[i * r + j] += a[i * r + k] * b[k * r + j];
    }
  }
  return product;
}

function multiplyTransposed(a: Float64Array, b: Float64Array, r: number): Float64Array {
  const product = new Float64Array(r * r);
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < r; j++) {
      for (let k = 0; k < r; k++) product[i * r + j] += a[i * r + k] * b[j * r + k];
    }
  }
  return product;
}
