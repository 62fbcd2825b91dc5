import { psiWeights } from '../../../../src/shared/models/arima/arma-model.ts';
import { choleskyFactor, choleskySolve } from '../../../../src/shared/numerics/cholesky.ts';

/** Coefficients, the mean or drift, and the innovation variance. */
export interface DenseModel {
  readonly ar: readonly number[];
  readonly ma: readonly number[];
  readonly mean: number;
  readonly variance: number;
}

/** Variance of a level before the first value, in units of the innovation variance, as R's `arima` has it. */
const DIFFUSE = 1e6;
/** Weights of the values before, by d. */
const LEVELS = [[], [1], [2, -1]];

/**
 * The slow, obvious twin of every ARMA likelihood: the joint normal density of all values, with autocovariances summed from
 * a long moving average.
 */
export function denseArmaLogLikelihood(y: Float64Array, model: DenseModel): number {
  return logDensity(
    y.map((value) => value - model.mean),
    armaCovariance(model, y.length),
  );
}

/**
 * The same of an ARIMA: y(t) = sum of level[i] y(t - i) + w(t) with independent diffuse levels before the first value. The
 * density of all values over that of the first d; the others are differenced first, which leaves the density as it is and
 * the covariance with fewer digits to lose.
 */
export function denseArimaLogLikelihood(y: Float64Array, d: number, model: DenseModel): number {
  const n = y.length;
  const covariance = arimaCovariance(model, d, n);
  const values = y.map((value, t) => {
    const constant = d === 0 || (d === 1 && t > 0) ? model.mean : d === 1 ? model.mean * (t + 1) : 0;
    if (t < d) return value - constant;
    const known = LEVELS[d].reduce((sum, weight, i) => sum + weight * y[t - 1 - i], 0);
    return value - known - constant;
  });
  const corner = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) corner[i * d + j] = covariance[i * n + j];
  return logDensity(values, covariance) - logDensity(values.subarray(0, d), corner);
}

function armaCovariance(model: DenseModel, n: number): Float64Array {
  const psi = psiWeights(model, n + 3000);
  const covariance = new Float64Array(n * n);
  for (let lag = 0; lag < n; lag++) {
    let sum = 0;
    for (let k = 0; k + lag < psi.length; k++) sum += psi[k] * psi[k + lag];
    for (let i = 0; i + lag < n; i++) {
      covariance[i * n + i + lag] = model.variance * sum;
      covariance[(i + lag) * n + i] = model.variance * sum;
    }
  }
  return covariance;
}

/**
 * Each of the first d values is a sum of levels before the first value and of w: one row of weights each. All after them are w alone.
 */
function arimaCovariance(model: DenseModel, d: number, n: number): Float64Array {
  const ofLevels: number[][] = [];
  const ofShocks: Float64Array[] = [];
  for (let t = 0; t < n; t++) {
    const levels = new Array<number>(d).fill(0);
    const shocks = new Float64Array(n);
    shocks[t] = 1;
    LEVELS[d].forEach((weight, i) => {
      if (t >= d) return;
      const before = t - 1 - i;
      if (before < 0) levels[-before - 1] += weight;
      else {
        for (let k = 0; k < d; k++) levels[k] += weight * ofLevels[before][k];
        for (let k = 0; k <= before; k++) shocks[k] += weight * ofShocks[before][k];
      }
    });
    ofLevels.push(levels);
    ofShocks.push(shocks);
  }
  const inner = armaCovariance(model, n);
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const product = new Float64Array(n);
    for (let k = 0; k <= i; k++) {
      if (ofShocks[i][k] === 0) continue;
      for (let l = 0; l < n; l++) product[l] += ofShocks[i][k] * inner[k * n + l];
    }
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += DIFFUSE * model.variance * ofLevels[i][k] * ofLevels[j][k];
      for (let l = 0; l <= j; l++) sum += product[l] * ofShocks[j][l];
      covariance[i * n + j] = sum;
    }
  }
  return covariance;
}

function logDensity(deviations: Float64Array, covariance: Float64Array): number {
  const n = deviations.length;
  const factor = choleskyFactor(covariance, n)!;
  const solved = choleskySolve(factor, n, deviations);
  let result = -0.5 * n * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++) result -= Math.log(factor[i * n + i]) + 0.5 * deviations[i] * solved[i];
  return result;
}
