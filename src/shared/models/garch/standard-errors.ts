import { choleskyFactor, choleskySolve } from '../../numerics/cholesky.ts';
import type { Likelihood } from './likelihood.ts';

/** Standard errors by the parameter's name; null when the matrix they come from is not positive definite. */
export interface StandardErrors {
  /** From the inverse of the Hessian of the negative log-likelihood (the observed information). */
  readonly hessian: Readonly<Record<string, number>> | null;
  /** From the inverse of the outer product of the gradients of single observations (Berndt, Hall, Hall, Hausman 1974). */
  readonly opg: Readonly<Record<string, number>> | null;
  /** Robust to another distribution of the innovations: H^-1 OPG H^-1 (Bollerslev and Wooldridge 1992). */
  readonly robust: Readonly<Record<string, number>> | null;
}

/** Width of the finite differences, in units of `parameterScales`. */
const WIDTH = 1e-6;

/**
 * Standard errors at a maximum of a likelihood. The Hessian by central differences of the analytic gradient, the gradients
 * of single observations by central differences of their log densities.
 *
 * @param parameters the estimates
 * @param estimated names of the parameters that were estimated; the others are taken as known. Where an estimate lies on a
 *   bound, leave it out: these errors hold inside only
 * @throws RangeError for a name that the likelihood does not have
 */
export function standardErrors(
  likelihood: Likelihood,
  parameters: Float64Array,
  estimated: readonly string[],
): StandardErrors {
  const places = estimated.map((name) => {
    const place = likelihood.parameterNames.indexOf(name);
    if (place < 0)
      throw new RangeError(`No parameter ${name} among ${likelihood.parameterNames.join(', ')}.`);
    return place;
  });
  const n = places.length;
  const hessian = new Float64Array(n * n);
  const scores: Float64Array[] = [];
  const scales = likelihood.parameterScales(parameters);
  const above = new Float64Array(parameters.length);
  const below = new Float64Array(parameters.length);
  const moved = parameters.slice();
  places.forEach((place, j) => {
    const high = parameters[place] + WIDTH * scales[place];
    const low = parameters[place] - WIDTH * scales[place];
    moved[place] = high;
    likelihood.evaluate(moved, above);
    const densitiesAbove = likelihood.logDensities(moved);
    moved[place] = low;
    likelihood.evaluate(moved, below);
    const densitiesBelow = likelihood.logDensities(moved);
    moved[place] = parameters[place];
    places.forEach((other, i) => {
      hessian[i * n + j] = (above[other] - below[other]) / (high - low);
    });
    scores.push(densitiesAbove.map((density, t) => (density - densitiesBelow[t]) / (high - low)));
  });
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      products[i * n + j] = scores[i].reduce((sum, score, t) => sum + score * scores[j][t], 0);
      if (j < i) {
        const mean = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
        hessian[i * n + j] = mean;
        hessian[j * n + i] = mean;
      }
    }
  }
  const covariance = inverse(hessian, n);
  const opgCovariance = inverse(products, n);
  return {
    hessian: covariance && byName(estimated, covariance),
    opg: opgCovariance && byName(estimated, opgCovariance),
    robust: covariance && byName(estimated, multiply(multiply(covariance, products, n), covariance, n)),
  };
}

/** The inverse of a symmetric matrix; null when it is not positive definite. */
function inverse(matrix: Float64Array, n: number): Float64Array | null {
  const factor = choleskyFactor(matrix, n);
  if (factor === null) return null;
  const inverted = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    inverted.set(choleskySolve(factor, n, unit), j * n);
  }
  return inverted;
}

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) product[i * n + j] += a[i * n + k] * b[k * n + j];
    }
  }
  return product;
}

function byName(names: readonly string[], covariance: Float64Array): Record<string, number> {
  const n = names.length;
  return Object.fromEntries(names.map((name, i) => [name, Math.sqrt(covariance[i * n + i])]));
}
