import ln from '@stdlib/math-base-special-ln';
import { LN_TWO_PI } from '../../numerics/constants.ts';
import {
  dot,
  identityPlusProduct,
  invert,
  minusProduct,
  multiply,
  timesVector,
  transpose,
} from '../../numerics/square-matrices.ts';
import { DiffuseStart } from './diffuse-start.ts';
import {
  type InnovationsForm,
  innovationsForm,
  stationaryVariance,
  sumOfCongruences,
} from './innovations-form.ts';
import { adjointShocks, laggedProduct, shocksFromZero } from './shock-filters.ts';

/** Responses smaller than this no longer matter to a double. */
const NEGLIGIBLE = 1e-20;

/** The data of a likelihood. */
export interface ArimaData {
  /** The series, or its d-th differences. */
  readonly differences: Float64Array;
  /** The first d values of the series, see `firstWithoutLevels`; empty for d = 0. */
  readonly first: Float64Array;
  /** True for a mean (d = 0) or a drift (d = 1). */
  readonly constant: boolean;
}

/** A likelihood at given coefficients. */
export interface ArimaLikelihoodValue {
  /** Infinity where there is none: the autoregression is not stationary. */
  readonly negativeLogLikelihood: number;
  /** Mean (d = 0) or drift (d = 1); 0 without a constant. */
  readonly constant: number;
  /** Innovation variance. */
  readonly variance: number;
}

/**
 * The exact Gaussian likelihood of an ARIMA model and its analytic gradient, in about three passes over the data.
 *
 * In innovations form every shock is linear in the state x before the first difference: e = e0 - Z x, where e0 are the
 * shocks found by starting from zeros, and column j of Z is the response 1 / ma(B) delayed by j, which mostly dies out soon.
 * With x normal (mean a, variance P) and M = Z'Z,
 *
 *     -2 log L = n log(2 pi v) + log |I + M P| + S / v,
 *     u = (I + M P)^-1 Z'(e0 - Z a),   x = a + P u,   S = |e0 - Z x|^2 + u' P u.
 *
 * That is the Kalman filter's likelihood without its recursion of variances (the idea is that of Ljung and Box 1979). The
 * innovation variance v = S / n is concentrated out, and the constant by generalised least squares; by the envelope theorem
 * x, v and the constant count as fixed in the gradient.
 *
 * For d > 0 it is the likelihood of R's `arima`, see `DiffuseStart`.
 */
export class ArimaLikelihood {
  readonly #data: ArimaData;
  /** What a constant 1 adds to the differences and to the first values. */
  readonly #ones: Float64Array;
  readonly #firstOnes: Float64Array;
  // Room for n values each.
  readonly #shocks: Float64Array;
  readonly #shocksOfOnes: Float64Array;
  readonly #deviations: Float64Array;
  readonly #adjoint: Float64Array;
  readonly #response: Float64Array;
  readonly #responseSlope: Float64Array;

  constructor(data: ArimaData) {
    const n = data.differences.length;
    const room = () => new Float64Array(n);
    this.#data = data;
    this.#ones = room().fill(1);
    this.#firstOnes = data.first.map((_, j) => (j === 0 ? 1 : 0));
    this.#shocks = room();
    this.#shocksOfOnes = room();
    this.#deviations = room();
    this.#adjoint = room();
    this.#response = room();
    this.#responseSlope = room();
  }

  /**
   * @param gradient receives the derivatives of the negative log-likelihood by ar, by ma and, where it has room for one
   * more, by the constant; null leaves them out, at about half the cost
   * @param given the constant; without it, the one of highest likelihood is used
   */
  evaluate(
    ar: Float64Array,
    ma: Float64Array,
    gradient: Float64Array | null,
    given?: number,
  ): ArimaLikelihoodValue {
    const { differences, first } = this.#data;
    const n = differences.length;
    const shocks = this.#shocks;
    const form = innovationsForm(ar, ma);
    const { k } = form;
    const stationary = stationaryVariance(form);
    const start = first.length > 0 ? new DiffuseStart(form, stationary, first.length) : null;
    const P = start?.variance ?? stationary;
    const reach = this.#respond(ma, k);
    const M = this.#responseProducts(k, reach);
    const { inverse, determinant } = invert(identityPlusProduct(M, P, k), k);

    shocksFromZero(differences, ar, ma, shocks);
    const a = start === null ? new Float64Array(k) : start.mean(first);
    const b = this.#responseSums(shocks, k, reach);
    const shocksOfOnes = this.#shocksOfOnes;
    let aOfOnes = new Float64Array(k);
    let constant = 0;
    if (this.#data.constant) {
      // Once the responses have died out, the shocks of a constant are constant too.
      const settled = Math.min(n, reach + ar.length);
      shocksFromZero(this.#ones, ar, ma, shocksOfOnes, settled);
      shocksOfOnes.fill(shocksOfOnes[settled - 1], settled);
      if (start !== null) aOfOnes = start.mean(this.#firstOnes);
      const bOfOnes = this.#responseSums(shocksOfOnes, k, reach);
      constant = given ?? regress(M, P, inverse, shocks, a, b, shocksOfOnes, aOfOnes, bOfOnes);
      // All is linear in the data.
      for (let t = 0; t < n; t++) shocks[t] -= constant * shocksOfOnes[t];
      for (let i = 0; i < k; i++) {
        a[i] -= constant * aOfOnes[i];
        b[i] -= constant * bOfOnes[i];
      }
    }

    const u = timesVector(inverse, minusProduct(b, M, a));
    const correction = timesVector(P, u);
    for (let j = 0; j < k; j++) {
      const x = a[j] + correction[j];
      for (let t = j; t < reach; t++) shocks[t] -= this.#response[t - j] * x;
    }
    const variance = (dot(shocks, shocks) + dot(u, correction)) / n;
    const negativeLogLikelihood = 0.5 * (n * (LN_TWO_PI + ln(variance) + 1) + ln(determinant));
    if (!(determinant > 0) || !Number.isFinite(negativeLogLikelihood)) {
      return { negativeLogLikelihood: Number.POSITIVE_INFINITY, constant, variance };
    }
    if (gradient === null) return { negativeLogLikelihood, constant, variance };

    this.#respondSlopes(ma, reach);
    // |e|^2 by ar[i] and ma[j]: e changes by -w / ma(B) and -e / ma(B), delayed; the adjoint pass divides by ma(B) once.
    const byAr = new Float64Array(k);
    const byMa = new Float64Array(k);
    const deviations = this.#deviations;
    for (let t = 0; t < n; t++) deviations[t] = differences[t] - constant;
    adjointShocks(shocks, ma, this.#adjoint);
    for (let i = 0; i < ar.length; i++) {
      byAr[i] = -laggedProduct(this.#adjoint, deviations, i + 1) / variance;
    }
    for (let j = 0; j < ma.length; j++) byMa[j] = -laggedProduct(this.#adjoint, shocks, j + 1) / variance;
    // log |I + M P| by M is the trace of P (I + M P)^-1 dM
    const posterior = new Float64Array(k * k);
    multiply(P, inverse, k, posterior);
    this.#addResponseSlopes(posterior, k, reach, ma.length, byMa);
    // and by P that of (I + M P)^-1 M dP; S by P and by a
    const byVariance = new Float64Array(k * k);
    multiply(inverse, M, k, byVariance);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        byVariance[i * k + j] = 0.5 * (byVariance[i * k + j] - (u[i] * u[j]) / variance);
      }
    }
    let byStationary: Float64Array = byVariance;
    if (start !== null) {
      const byMean = u.map((value) => -value / variance);
      const c = first.map((value, j) => value - constant * this.#firstOnes[j]);
      byStationary = start.pullBack(c, byMean, byVariance, byAr, byMa);
    }
    addStationarySlopes(form, stationary, byStationary, byAr, byMa);
    for (let i = 0; i < ar.length; i++) gradient[i] = byAr[i];
    for (let j = 0; j < ma.length; j++) gradient[ar.length + j] = byMa[j];
    if (gradient.length > ar.length + ma.length) {
      gradient[ar.length + ma.length] = (dot(u, aOfOnes) - dot(shocks, shocksOfOnes)) / variance;
    }
    return { negativeLogLikelihood, constant, variance };
  }

  /** Finds 1 / ma(B) until it dies out; returns how many rows of Z are not zero. */
  #respond(ma: Float64Array, k: number): number {
    const n = this.#response.length;
    const q = ma.length;
    const response = this.#response;
    const [ma1 = 0, ma2 = 0] = ma;
    let quiet = 0;
    let r1 = 0;
    let r2 = 0;
    for (let t = 0; t < n; t++) {
      let value = (t === 0 ? 1 : 0) - ma2 * r2 - ma1 * r1;
      for (let j = 2; j < Math.min(q, t); j++) value -= ma[j] * response[t - 1 - j];
      response[t] = value;
      r2 = r1;
      r1 = value;
      quiet = Math.abs(value) < NEGLIGIBLE ? quiet + 1 : 0;
      if (quiet > q) {
        response.fill(0, t + 1);
        return Math.min(n, t + 1 + k);
      }
    }
    return n;
  }

  /** Finds -1 / ma(B)^2, the derivative of 1 / ma(B), as far as that reaches. */
  #respondSlopes(ma: Float64Array, reach: number): void {
    const response = this.#response;
    const slope = this.#responseSlope;
    const q = ma.length;
    const [ma1 = 0, ma2 = 0] = ma;
    let s1 = 0;
    let s2 = 0;
    for (let t = 0; t < reach; t++) {
      let value = -response[t] - ma2 * s2 - ma1 * s1;
      for (let j = 2; j < Math.min(q, t); j++) value -= ma[j] * slope[t - 1 - j];
      slope[t] = value;
      s2 = s1;
      s1 = value;
    }
    slope.fill(0, reach);
  }

  /** M = Z'Z, k x k. */
  #responseProducts(k: number, reach: number): Float64Array {
    const products = new Float64Array(k * k);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        products[i * k + j] = laggedProduct(this.#response, this.#response, i - j, reach - j);
        products[j * k + i] = products[i * k + j];
      }
    }
    return products;
  }

  /** Z'e. */
  #responseSums(e: Float64Array, k: number, reach: number): Float64Array<ArrayBuffer> {
    const sums = new Float64Array(k);
    for (let j = 0; j < k; j++) sums[j] = laggedProduct(e, this.#response, j, reach);
    return sums;
  }

  /** Adds trace(weights Z' dZ) by each ma to `byMa`. */
  #addResponseSlopes(weights: Float64Array, k: number, reach: number, q: number, byMa: Float64Array): void {
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        for (let m = 0; m < q; m++) {
          // response delayed by i, its derivative by j and by the lag m + 1
          const delay = j + m + 1 - i;
          const product =
            delay >= 0
              ? laggedProduct(this.#response, this.#responseSlope, delay, reach - i)
              : laggedProduct(this.#responseSlope, this.#response, -delay, reach - j - m - 1);
          byMa[m] += weights[i * k + j] * product;
        }
      }
    }
  }
}

/** The constant by generalised least squares: S is quadratic in the data, so it regresses the data on a constant 1. */
function regress(
  M: Float64Array,
  P: Float64Array,
  inverse: Float64Array,
  e: Float64Array,
  a: Float64Array,
  b: Float64Array,
  eOfOnes: Float64Array,
  aOfOnes: Float64Array,
  bOfOnes: Float64Array,
): number {
  const fromOnes = minusProduct(bOfOnes, M, aOfOnes);
  const correction = timesVector(P, timesVector(inverse, fromOnes));
  const withOnes = (e: Float64Array, a: Float64Array, b: Float64Array) =>
    dot(e, eOfOnes) - dot(aOfOnes, b) - dot(a, fromOnes) - dot(minusProduct(b, M, a), correction);
  return withOnes(e, a, b) / withOnes(eOfOnes, aOfOnes, bOfOnes);
}

/**
 * The chain rule through P = F P F' + K K', backwards: with L = F' L F + byStationary, the derivatives by ar and ma are
 * 2 L (F P z + K) and 2 L K.
 */
function addStationarySlopes(
  { k, ar, gain, transition }: InnovationsForm,
  stationary: Float64Array,
  byStationary: Float64Array,
  byAr: Float64Array,
  byMa: Float64Array,
): void {
  const L = sumOfCongruences(transpose(transition, k), byStationary, k);
  for (let j = 0; j < k; j++) {
    const covariance = ar[j] * stationary[0] + (j + 1 < k ? stationary[(j + 1) * k] : 0) + gain[j];
    for (let i = 0; i < k; i++) {
      byAr[i] += 2 * L[i * k + j] * covariance;
      byMa[i] += 2 * L[i * k + j] * gain[j];
    }
  }
}
