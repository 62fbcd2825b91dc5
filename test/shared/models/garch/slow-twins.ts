// The slow, obvious twins of the volatility models' likelihoods: every variance from its definition, every density by itself.

import type { Innovations } from '../../../../src/shared/models/garch/innovation-distribution.ts';
import type { RecursionStart } from '../../../../src/shared/models/garch/recursion-start.ts';
import type { VolatilitySpecification } from '../../../../src/shared/models/garch/volatility-specification.ts';

/** Natural logarithm of the gamma function (Lanczos, g = 7). */
function lnGamma(x: number): number {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const t = x + 6.5;
  const sum = c.reduce((total, value, i) => (i === 0 ? value : total + value / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

export function logDensity(e: number, h: number, innovations: Innovations, nu: number): number {
  if (innovations === 'normal') return -0.5 * (Math.log(2 * Math.PI) + Math.log(h) + e ** 2 / h);
  return (
    lnGamma((nu + 1) / 2) -
    lnGamma(nu / 2) -
    0.5 * Math.log(Math.PI * (nu - 2) * h) -
    ((nu + 1) / 2) * Math.log(1 + e ** 2 / (h * (nu - 2)))
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What stands for the time before the first value. */
function presample(y: Float64Array, mu: number, start: RecursionStart, zeroMean = false): number {
  const values = Array.from(y);
  if (start !== 'backcast') return mean(values.map((value) => (value - mu) ** 2));
  const center = zeroMean ? 0 : mean(values);
  const first = values.slice(0, 75);
  const total = first.reduce((sum, _, i) => sum + 0.94 ** i, 0);
  return first.reduce((sum, value, i) => sum + (0.94 ** i / total) * (value - center) ** 2, 0);
}

function slowVariances(
  e: readonly number[],
  before: number,
  [, omega, alpha, gamma, beta]: readonly number[],
  variance: VolatilitySpecification['variance'],
  start: RecursionStart,
): number[] {
  const variances: number[] = [];
  e.forEach((_, t) => {
    if (t === 0 && start === 'first_variance') {
      variances.push(before);
    } else if (variance === 'egarch') {
      const z = t === 0 ? null : e[t - 1] / Math.sqrt(variances[t - 1]);
      const shock = z === null ? 0 : alpha * (Math.abs(z) - Math.sqrt(2 / Math.PI)) + gamma * z;
      variances.push(Math.exp(omega + shock + beta * Math.log(t === 0 ? before : variances[t - 1])));
    } else if (t === 0) {
      const reaction =
        start === 'fgarch' ? ((Math.sqrt(alpha) + Math.sqrt(alpha + gamma)) / 2) ** 2 : alpha + gamma / 2;
      variances.push(omega + reaction * before + beta * before);
    } else {
      const reaction = alpha + (e[t - 1] < 0 ? gamma : 0);
      variances.push(omega + reaction * e[t - 1] ** 2 + beta * variances[t - 1]);
    }
  });
  return variances;
}

/** @param at mu, omega, alpha, gamma, beta, nu */
export function slowLogDensities(
  y: Float64Array,
  at: readonly number[],
  { variance, innovations, start = 'mean_squared_residual' }: VolatilitySpecification,
): number[] {
  const e = Array.from(y, (value) => value - at[0]);
  const variances = slowVariances(e, presample(y, at[0], start), at, variance, start);
  return e.map((residual, t) => logDensity(residual, variances[t], innovations, at[5]));
}

export function slowNegativeLogLikelihood(
  y: Float64Array,
  at: readonly number[],
  specification: VolatilitySpecification,
): number {
  return -slowLogDensities(y, at, specification).reduce((sum, density) => sum + density, 0);
}

/**
 * Realized GARCH, as Hansen, Huang and Shek write it, and its variant whose variance reacts to the mean of measures over a bar, 5 and 22.
 *
 * @param at mu, omega, beta, gamma, xi, phi, tau1, tau2, variance of u, nu
 */
export function slowRealizedLogDensities(
  y: Float64Array,
  logMeasures: Float64Array,
  at: readonly number[],
  innovations: Innovations,
  start: RecursionStart,
  variance: 'realized' | 'realized_har' = 'realized',
): number[] {
  const [mu, omega, beta, gamma, xi, phi, tau1, tau2, measureVariance, nu] = at;
  const x = Array.from(logMeasures);
  const meanMeasure = mean(x.filter((value) => !Number.isNaN(value)));
  const before = Math.log(presample(y, mu, start));
  const logVariances: number[] = [];
  return x.map((measure, t) => {
    if (t === 0) {
      logVariances.push(start === 'first_variance' ? before : omega + beta * before + gamma * meanMeasure);
    } else if (Number.isNaN(x[t - 1])) {
      logVariances.push(logVariances[t - 1]);
    } else {
      const present = x.slice(0, t).filter((value) => !Number.isNaN(value));
      const reactsTo = variance === 'realized' ? x[t - 1] : slowLaggedMeasure(present);
      logVariances.push(omega + beta * logVariances[t - 1] + gamma * reactsTo);
    }
    const h = Math.exp(logVariances[t]);
    const e = y[t] - mu;
    const density = logDensity(e, h, innovations, nu);
    if (Number.isNaN(measure)) return density;
    const z = e / Math.sqrt(h);
    const u = measure - xi - phi * logVariances[t] - tau1 * z - tau2 * (z ** 2 - 1);
    return density + logDensity(u, measureVariance, 'normal', nu);
  });
}

/** 0.4 of the last measure, 0.3 of the mean of five, 0.3 of that of 22: of fewer with the same weights, made to sum to 1. */
export function slowLaggedMeasure(present: readonly number[]): number {
  let sum = 0;
  let weights = 0;
  present.toReversed().forEach((value, lag) => {
    const weight = (lag < 1 ? 0.4 : 0) + (lag < 5 ? 0.3 / 5 : 0) + (lag < 22 ? 0.3 / 22 : 0);
    sum += weight * value;
    weights += weight;
  });
  return sum / weights;
}

export function slowRealizedNegativeLogLikelihood(
  ...of: Parameters<typeof slowRealizedLogDensities>
): number {
  return -slowRealizedLogDensities(...of).reduce((sum, density) => sum + density, 0);
}

/**
 * Standard errors by differences of the log densities alone: second differences for the Hessian, first ones for the scores.
 *
 * @param at the estimates; `free` are the places that move, `steps` how far
 */
export function slowStandardErrors(
  logDensities: (at: readonly number[]) => number[],
  at: readonly number[],
  free: readonly number[],
  steps: readonly number[],
): { hessian: number[]; opg: number[]; robust: number[] } {
  const shifted = (...moves: [number, number][]) => {
    const point = [...at];
    for (const [k, sign] of moves) point[free[k]] += sign * steps[k];
    return logDensities(point);
  };
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const hessian = free.map((_, i) =>
    free.map((_, j) => {
      const corners =
        total(shifted([i, 1], [j, 1])) -
        total(shifted([i, 1], [j, -1])) -
        total(shifted([i, -1], [j, 1])) +
        total(shifted([i, -1], [j, -1]));
      return -corners / (4 * steps[i] * steps[j]);
    }),
  );
  const scores = free.map((_, i) => {
    const below = shifted([i, -1]);
    return shifted([i, 1]).map((density, t) => (density - below[t]) / (2 * steps[i]));
  });
  const products = scores.map((a) => scores.map((b) => total(a.map((value, t) => value * b[t]))));
  const covariance = invert(hessian);
  const diagonal = (matrix: number[][]) => matrix.map((row, i) => Math.sqrt(row[i]));
  return {
    hessian: diagonal(covariance),
    opg: diagonal(invert(products)),
    robust: diagonal(times(times(covariance, products), covariance)),
  };
}

function times(a: number[][], b: number[][]): number[][] {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
}

/** Gauss-Jordan, with the largest pivot. */
function invert(matrix: number[][]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    const pivot = rows.reduce(
      (best, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(rows[best][k]) ? i : best),
      k,
    );
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    rows[k] = rows[k].map((value) => value / rows[k][k]);
    rows.forEach((row, i) => {
      if (i !== k) rows[i] = row.map((value, j) => value - row[k] * rows[k][j]);
    });
  }
  return rows.map((row) => row.slice(n));
}
