import { dot, invert, timesVector } from '../../numerics/square-matrices.ts';
import type { InnovationsForm } from './innovations-form.ts';

/** Variance of a level before the first observation, in units of the innovation variance: that of R's `arima`. */
const DIFFUSE_VARIANCE = 1e6;

/**
 * What the first d values of a series say about its differences.
 *
 * R's `arima` gives the d levels before the first value independent variances of 1e6 (`kappa`) and leaves the density of
 * the first d values out of the likelihood. With y(t) = sum of level[i] y(t - i) + w(t), what the first values show is
 * c(j) = w(j) plus noise made of those levels; the state after them is then normal with
 *
 *     mean C V^-1 c,   variance P - C V^-1 C',   V = var(c),   C = cov(state, c).
 */
export class DiffuseStart {
  /** P - C V^-1 C', k x k. */
  readonly variance: Float64Array;
  readonly #form: InnovationsForm;
  readonly #d: number;
  /** var(w) */
  readonly #gamma0: number;
  /** Columns of C, one per first value: the last one is cov(x(t + 1), w(t)), each earlier one a step further away. */
  readonly #covariances: Float64Array[];
  /** V^-1, d x d. */
  readonly #precision: Float64Array;
  /** V^-1 C', d rows of k. */
  readonly #weights: Float64Array[];

  /** @param stationary P, the stationary variance of the state */
  constructor(form: InnovationsForm, stationary: Float64Array, d: number) {
    const { k } = form;
    this.#form = form;
    this.#d = d;
    this.#gamma0 = 1 + (k > 0 ? stationary[0] : 0);
    const covariances: Float64Array[] = [];
    for (let j = d - 1; j >= 0; j--) {
      covariances[j] = new Float64Array(k);
      for (let i = 0; i < k; i++) {
        covariances[j][i] =
          j === d - 1
            ? form.ar[i] * stationary[0] + (i + 1 < k ? stationary[(i + 1) * k] : 0) + form.gain[i]
            : form.ar[i] * covariances[j + 1][0] + (i + 1 < k ? covariances[j + 1][i + 1] : 0);
      }
    }
    this.#covariances = covariances;
    const v = levelNoise(d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const lag = Math.abs(i - j);
        v[i * d + j] += lag === 0 ? this.#gamma0 : k > 0 ? covariances[d - lag][0] : 0;
      }
    }
    this.#precision = invert(v, d).inverse;
    this.#weights = Array.from({ length: d }, (_, i) => {
      const row = new Float64Array(k);
      for (let j = 0; j < d; j++) {
        for (let s = 0; s < k; s++) row[s] += this.#precision[i * d + j] * covariances[j][s];
      }
      return row;
    });
    this.variance = stationary.slice();
    for (let j = 0; j < d; j++) {
      for (let r = 0; r < k; r++) {
        for (let s = 0; s < k; s++) this.variance[r * k + s] -= covariances[j][r] * this.#weights[j][s];
      }
    }
  }

  /** The state's mean when the first values are `c`. */
  mean(c: Float64Array): Float64Array<ArrayBuffer> {
    const mean = new Float64Array(this.#form.k);
    for (let j = 0; j < this.#d; j++) {
      for (let s = 0; s < mean.length; s++) mean[s] += c[j] * this.#weights[j][s];
    }
    return mean;
  }

  /**
   * The chain rule, backwards. Given the gradient of a function by the mean and by the variance of the state, adds to the
   * gradients by ar and ma what does not come through the stationary variance P, and returns the gradient by P.
   */
  pullBack(
    c: Float64Array,
    byMean: Float64Array,
    byVariance: Float64Array,
    byAr: Float64Array,
    byMa: Float64Array,
  ): Float64Array {
    const { k, ar } = this.#form;
    const d = this.#d;
    const byStationary = byVariance.slice();
    if (d === 0 || k === 0) return byStationary;
    const standardised = new Float64Array(d); // V^-1 c
    const atMean = new Float64Array(d); // V^-1 C' byMean
    const spread = this.#weights.map((row) => timesVector(byVariance, row)); // rows of V^-1 C' byVariance
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) standardised[i] += this.#precision[i * d + j] * c[j];
      atMean[i] = dot(this.#weights[i], byMean);
    }
    const byGamma = new Float64Array(d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        byGamma[Math.abs(i - j)] += dot(spread[i], this.#weights[j]) - standardised[i] * atMean[j];
      }
    }
    const byCovariances = spread.map((row, j) =>
      row.map((value, s) => byMean[s] * standardised[j] - 2 * value),
    );
    for (let lag = 1; lag < d; lag++) byCovariances[d - lag][0] += byGamma[lag];
    // C[j] = F C[j + 1], from the farthest on
    for (let j = 0; j + 1 < d; j++) {
      const from = byCovariances[j];
      byCovariances[j + 1][0] += dot(ar, from);
      for (let s = 0; s < k; s++) {
        byAr[s] += from[s] * this.#covariances[j + 1][0];
        if (s + 1 < k) byCovariances[j + 1][s + 1] += from[s];
      }
    }
    // C[d - 1] = F P z + K
    const last = byCovariances[d - 1];
    byStationary[0] += byGamma[0] + dot(ar, last);
    for (let s = 0; s < k; s++) {
      byAr[s] += last[s] * this.#gamma0;
      byMa[s] += last[s];
      if (s + 1 < k) {
        byStationary[s + 1] += 0.5 * last[s];
        byStationary[(s + 1) * k] += 0.5 * last[s];
      }
    }
    return byStationary;
  }
}

/**
 * The first d values without what is known of their levels: c(j) = y(j) - sum over i < j of level[i] y(j - i).
 */
export function firstWithoutLevels(first: ArrayLike<number>): Float64Array {
  const d = first.length;
  const level = levelWeights(d);
  return Float64Array.from({ length: d }, (_, j) => {
    let value = first[j];
    for (let i = 1; i <= j; i++) value -= level[i - 1] * first[j - i];
    return value;
  });
}

/** y(t) = sum over i of weights[i - 1] y(t - i) + w(t) when w is the d-th difference: 1 for d = 1; 2, -1 for d = 2. */
function levelWeights(d: number): Float64Array {
  let polynomial = Float64Array.of(1);
  for (let round = 0; round < d; round++) {
    const next = new Float64Array(polynomial.length + 1);
    polynomial.forEach((value, i) => {
      next[i] += value;
      next[i + 1] -= value;
    });
    polynomial = next;
  }
  return polynomial.slice(1).map((value) => -value);
}

/** Variance of the noise in the first d values. */
function levelNoise(d: number): Float64Array {
  const level = levelWeights(d);
  const noise = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      for (let m = 0; Math.max(i, j) + m < d; m++) {
        noise[i * d + j] += DIFFUSE_VARIANCE * level[i + m] * level[j + m];
      }
    }
  }
  return noise;
}
