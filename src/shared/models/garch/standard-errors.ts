import { choleskyFactor, choleskySolve } from '../../numerics/cholesky.ts';
import { multiply } from '../../numerics/square-matrices.ts';
import { type FreeDirection, freeDirections } from './free-directions.ts';
import type { Likelihood } from './likelihood.ts';
import type { ParameterBound } from './parameter-bound.ts';

/** Standard errors by the parameter's name; null where there is none: see {@link standardErrors}. */
export type ErrorsByName = Readonly<Record<string, number | null>>;

/**
 * Why there are no standard errors at all.
 *
 * - `not_positive_definite`: the information matrix is not, clearly: the data do not tell the parameters apart, or the point
 *   is no maximum;
 * - `no_derivatives`: the likelihood does not exist just beside the estimates;
 * - `not_identified`: nothing reacts to shocks, so that the data say nothing about what follows a shock;
 * - `too_few_measures`: realized GARCH had too few measures to learn from, and its variance is constant.
 */
export type NoStandardErrors =
  | 'not_positive_definite'
  | 'no_derivatives'
  | 'not_identified'
  | 'too_few_measures';

/** Standard errors of estimates; each kind is null when the matrix it comes from is not positive definite. */
export interface StandardErrors {
  /** From the inverse of the Hessian of the negative log-likelihood (the observed information). */
  readonly hessian: ErrorsByName | null;
  /** From the inverse of the outer product of the gradients of single observations (Berndt, Hall, Hall, Hausman 1974). */
  readonly opg: ErrorsByName | null;
  /** Robust to another distribution of the innovations: H^-1 OPG H^-1 (Bollerslev and Wooldridge 1992). */
  readonly robust: ErrorsByName | null;
  /** Names of the bounds that the estimates lie on, held fixed. */
  readonly atBounds: readonly string[];
  /** Why `hessian` and `robust` are null; null when they are not. */
  readonly reason: NoStandardErrors | null;
}

/** Width of the finite differences, in units of `parameterScales`. */
const WIDTH = 1e-6;
/** What is left of a variable's curvature beside the others', relative to all of it, must be above this: below is noise. */
const CLEAR_CURVATURE = 1e-8;

/**
 * Standard errors at a maximum of a likelihood. The Hessian by central differences of the analytic gradient, the gradients
 * of single observations by central differences of their log densities.
 *
 * Where estimates lie on a bound, standard theory does not hold: the estimate's distribution is then no normal one, and has
 * a lump on the bound (Andrews 1999; for GARCH Francq and Zakoian 2007). So a bound that the estimates lie on, or closer to
 * it than the differences are wide, is held fixed as if it had been known: what cannot move with all of these held has the
 * standard error null, and the others' come from the derivatives in the directions left. They are then conditional on the
 * bounds: right where the truth lies there, too small where it does not. Where a combination of parameters is held, such as
 * alpha + beta, its members have errors (they can move against one another) and the combination has none.
 *
 * @param parameters the estimates
 * @param estimated names of the parameters that were estimated; the others are taken as known
 * @param bounds those of the search; default none
 * @throws RangeError for a name that the likelihood does not have
 */
export function standardErrors(
  likelihood: Likelihood,
  parameters: Float64Array,
  estimated: readonly string[],
  bounds: readonly ParameterBound[] = [],
): StandardErrors {
  const places = estimated.map((name) => placeOf(likelihood, name));
  const scales = likelihood.parameterScales(parameters);
  const active = bounds.filter((bound) => liesOn(bound, likelihood, parameters, scales));
  const atBounds = active.map(({ name }) => name);
  const directions = freeDirections(
    active.map(({ coefficients }) => Float64Array.from(estimated, (name) => coefficients[name] ?? 0)),
    places.map((place) => scales[place]),
  );
  const m = directions.length;
  const found = differentiate(likelihood, parameters, places, scales, directions);
  if (found === null) return withoutErrors('no_derivatives', atBounds);
  const { hessian, products } = found;
  const covariance = inverse(hessian, m);
  const opgCovariance = inverse(products, m);
  const named = (matrix: Float64Array) => byName(estimated, directions, matrix);
  return {
    hessian: covariance && named(covariance),
    opg: opgCovariance && named(opgCovariance),
    robust: covariance && named(sandwich(covariance, products, m)),
    atBounds,
    reason: covariance === null ? 'not_positive_definite' : null,
  };
}

/** No standard errors, for a reason. */
export function withoutErrors(reason: NoStandardErrors, atBounds: readonly string[] = []): StandardErrors {
  return { hessian: null, opg: null, robust: null, atBounds, reason };
}

/** Whether a parameter is 0 for the differences that standard errors are taken from. */
export function isZero(likelihood: Likelihood, parameters: Float64Array, name: string): boolean {
  const place = placeOf(likelihood, name);
  return Math.abs(parameters[place]) <= WIDTH * likelihood.parameterScales(parameters)[place];
}

function placeOf(likelihood: Likelihood, name: string): number {
  const place = likelihood.parameterNames.indexOf(name);
  if (place < 0) throw new RangeError(`No parameter ${name} among ${likelihood.parameterNames.join(', ')}`);
  return place;
}

/** Whether the differences would leave a bound, or the point lies beyond. */
function liesOn(
  { coefficients, lower, upper }: ParameterBound,
  likelihood: Likelihood,
  parameters: Float64Array,
  scales: Float64Array,
): boolean {
  let value = 0;
  let reach = 0;
  for (const [name, coefficient] of Object.entries(coefficients)) {
    const place = placeOf(likelihood, name);
    value += coefficient * parameters[place];
    reach += Math.abs(coefficient) * WIDTH * scales[place];
  }
  return value - lower <= reach || upper - value <= reach;
}

/** The Hessian and the outer product of the scores along directions; null where the likelihood does not exist beside. */
function differentiate(
  likelihood: Likelihood,
  parameters: Float64Array,
  places: readonly number[],
  scales: Float64Array,
  directions: readonly FreeDirection[],
): { readonly hessian: Float64Array; readonly products: Float64Array } | null {
  const m = directions.length;
  const hessian = new Float64Array(m * m);
  const scores: Float64Array[] = [];
  const above = new Float64Array(parameters.length);
  const below = new Float64Array(parameters.length);
  for (let j = 0; j < m; j++) {
    const { leader, direction } = directions[j];
    const width = WIDTH * scales[places[leader]];
    const high = moved(parameters, places, direction, width);
    const low = moved(parameters, places, direction, -width);
    // As far as rounding let them be, not as was meant.
    const distance = high[places[leader]] - low[places[leader]];
    if (!Number.isFinite(likelihood.evaluate(high, above))) return null;
    const densitiesAbove = likelihood.logDensities(high);
    if (!Number.isFinite(likelihood.evaluate(low, below))) return null;
    const densitiesBelow = likelihood.logDensities(low);
    directions.forEach(({ direction: other }, i) => {
      let slope = 0;
      places.forEach((place, k) => {
        if (other[k] !== 0) slope += other[k] * ((above[place] - below[place]) / distance);
      });
      hessian[i * m + j] = slope;
    });
    scores.push(densitiesAbove.map((density, t) => (density - densitiesBelow[t]) / distance));
  }
  const products = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      products[i * m + j] = scores[i].reduce((sum, score, t) => sum + score * scores[j][t], 0);
      if (j < i) {
        const mean = 0.5 * (hessian[i * m + j] + hessian[j * m + i]);
        hessian[i * m + j] = mean;
        hessian[j * m + i] = mean;
      }
    }
  }
  return { hessian, products };
}

function moved(
  parameters: Float64Array,
  places: readonly number[],
  direction: Float64Array,
  width: number,
): Float64Array {
  const point = parameters.slice();
  places.forEach((place, k) => {
    point[place] += width * direction[k];
  });
  return point;
}

/** The inverse of a symmetric matrix; null when it is not positive definite, by more than the differences' noise. */
function inverse(matrix: Float64Array, n: number): Float64Array | null {
  const factor = choleskyFactor(matrix, n);
  if (factor === null) return null;
  const inverted = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    if (!(factor[j * n + j] * factor[j * n + j] > CLEAR_CURVATURE * matrix[j * n + j])) return null;
    const unit = new Float64Array(n);
    unit[j] = 1;
    inverted.set(choleskySolve(factor, n, unit), j * n);
  }
  return inverted;
}

/** a b a */
function sandwich(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const left = new Float64Array(n * n);
  const whole = new Float64Array(n * n);
  multiply(a, b, n, left);
  multiply(left, a, n, whole);
  return whole;
}

/** Each parameter's standard error from the covariance along directions; null for one that no direction moves. */
function byName(
  names: readonly string[],
  directions: readonly FreeDirection[],
  covariance: Float64Array,
): ErrorsByName {
  const m = directions.length;
  return Object.fromEntries(
    names.map((name, place) => {
      let variance = 0;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < m; j++) {
          variance += directions[i].direction[place] * covariance[i * m + j] * directions[j].direction[place];
        }
      }
      return [name, directions.some(({ direction }) => direction[place] !== 0) ? Math.sqrt(variance) : null];
    }),
  );
}
