import { choleskyFactor } from './cholesky.ts';
import { minimiseQuadraticInBox, type QuadraticStep } from './minimise-quadratic-in-box.ts';

/**
 * The value at `x`; writes the gradient into `gradient`, of the same length. A point without a value gives Infinity or
 * NaN: the line search then turns back.
 */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Lower bounds; -Infinity where there is none. */
  readonly lower: Float64Array;
  /** Upper bounds; Infinity where there is none. */
  readonly upper: Float64Array;
  /** Quasi-Newton steps at most; default 200. */
  readonly maximumIterations?: number;
  /**
   * True leaves out the Newton steps at the end, and `converged` is false: enough to see which of several starts leads
   * lowest. Default false.
   */
  readonly coarse?: boolean;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** True when a full step would improve the value by less than {@link CONVERGED_DECREMENT}. */
  readonly converged: boolean;
  readonly iterations: number;
}

/** Half the squared Newton step below which the search has converged; in units of a log-likelihood. */
const CONVERGED_DECREMENT = 1e-8;
/** Below this the quasi-Newton steps end and Newton steps polish. */
const POLISH_DECREMENT = 1e-6;
/** Searches at most, each followed by a polish. */
const ROUNDS = 3;
const ARMIJO = 1e-4;
/** A value's rounding error, relative to its size. */
const VALUE_NOISE = 1e-13;

/**
 * Minimises a smooth function of a few variables inside a box: BFGS.
 *
 * Each step goes to the minimum of the quadratic model inside the box (sequential quadratic programming), with backtracking
 * until the Armijo condition holds; an optimum on a bound is found as such. The Hessian starts as finite differences of the
 * gradient and is updated by BFGS with Powell's damping (Nocedal and Wright, procedure 18.2), so it stays positive
 * definite. At the end a few Newton steps bring the gradient down to its rounding error, which the value alone, being
 * flat there, could not tell: the same data in another unit then gives the same estimates to about ten digits.
 *
 * @param start clipped to the box
 */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions): Minimum {
  const { lower, upper, maximumIterations = 200, coarse = false } = options;
  const from = start.map((value, i) => Math.min(upper[i], Math.max(lower[i], value)));
  const gradient = new Float64Array(from.length);
  let point: Point = { x: from, value: objective(from, gradient), gradient };
  let iterations = 0;
  let converged = false;
  if (!Number.isFinite(point.value)) return { x: from, value: point.value, converged, iterations };
  if (coarse) {
    const searched = quasiNewton(objective, point, options, maximumIterations);
    const { x, value } = searched.point;
    return { x, value, converged, iterations: searched.iterations };
  }
  // On a flat ridge the updates lose the curvature; another round starts with a new look at it.
  for (let round = 0; round < ROUNDS && !converged; round++) {
    const searched = quasiNewton(objective, point, options, maximumIterations - iterations);
    iterations += searched.iterations;
    ({ point, converged } = polish(objective, searched.point, lower, upper));
  }
  return { x: point.x, value: point.value, converged, iterations };
}

/** BFGS steps from a point until the model promises next to nothing. */
function quasiNewton(
  objective: Objective,
  start: Point,
  { lower, upper }: MinimiseOptions,
  maximumIterations: number,
): { readonly point: Point; readonly iterations: number } {
  const n = start.x.length;
  let point = start;
  let hessian = positiveDefinite(differencedHessian(objective, point, lower, upper), n);
  let fresh = true;
  let iterations = 0;
  for (; iterations < maximumIterations; iterations++) {
    const step = minimiseQuadraticInBox(positiveDefinite(hessian, n), point.gradient, point.x, lower, upper);
    if (step.decrement < POLISH_DECREMENT) break;
    const next = lineSearch(objective, point, step.direction, lower, upper);
    if (next !== null) {
      updateHessian(hessian, point, next);
      point = next;
      fresh = false;
    } else if (fresh) {
      break;
    } else {
      hessian = positiveDefinite(differencedHessian(objective, point, lower, upper), n);
      fresh = true;
    }
  }
  return { point, iterations };
}

/**
 * The lowest of the minima found from several starts. A later start wins only when it is clearly lower, so that rounding
 * does not choose between two ways to the same minimum.
 */
export function lowestMinimum(minima: readonly Minimum[]): Minimum {
  let best = minima[0];
  for (const candidate of minima) {
    const margin = 1e-7 * (1 + Math.abs(best.value));
    const better = candidate.value < best.value - margin || !Number.isFinite(best.value);
    const sound = candidate.converged && !best.converged && candidate.value <= best.value + margin;
    if (Number.isFinite(candidate.value) && (better || sound)) best = candidate;
  }
  return best;
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

function lineSearch(
  objective: Objective,
  { x, value, gradient }: Point,
  direction: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
): Point | null {
  let slope = 0;
  for (let i = 0; i < x.length; i++) slope += gradient[i] * direction[i];
  for (let length = 1; length > 1e-10; length *= length > 0.1 ? 0.5 : 0.1) {
    const candidate = move(objective, x, direction, length, lower, upper);
    if (candidate.value <= value + ARMIJO * length * slope) return candidate;
  }
  return null;
}

/** The point at x + length * direction; rounding does not leave the box. */
function move(
  objective: Objective,
  x: Float64Array,
  direction: Float64Array,
  length: number,
  lower: Float64Array,
  upper: Float64Array,
): Point {
  const moved = x.map((xi, i) => Math.min(upper[i], Math.max(lower[i], xi + length * direction[i])));
  const gradient = new Float64Array(x.length);
  return { x: moved, value: objective(moved, gradient), gradient };
}

/** Damped BFGS update in place. */
function updateHessian(hessian: Float64Array, point: Point, next: Point): void {
  const n = point.x.length;
  const step = next.x.map((value, i) => value - point.x[i]);
  const product = new Float64Array(n);
  let curvature = 0;
  let change = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) product[i] += hessian[i * n + j] * step[j];
    curvature += step[i] * product[i];
    change += step[i] * (next.gradient[i] - point.gradient[i]);
  }
  if (!(curvature > 0)) return;
  const damping = change >= 0.2 * curvature ? 1 : (0.8 * curvature) / (curvature - change);
  const r = product.map((p, i) => damping * (next.gradient[i] - point.gradient[i]) + (1 - damping) * p);
  let stepR = 0;
  for (let i = 0; i < n; i++) stepR += step[i] * r[i];
  if (!(stepR > 0)) return;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      hessian[i * n + j] += (r[i] * r[j]) / stepR - (product[i] * product[j]) / curvature;
    }
  }
}

/**
 * Newton steps. Near the minimum the value is flat to rounding, so a step is also kept when it does not raise the value by
 * more than that and shrinks what the next step promises.
 */
function polish(
  objective: Objective,
  start: Point,
  lower: Float64Array,
  upper: Float64Array,
): { readonly point: Point; readonly converged: boolean } {
  let point = start;
  let hessian = differencedHessian(objective, point, lower, upper);
  let step = newtonStep(hessian, point, lower, upper);
  for (let round = 0; round < 8 && step.decrement > 0; round++) {
    const next = move(objective, point.x, step.direction, 1, lower, upper);
    if (!(next.value <= point.value + VALUE_NOISE * (1 + Math.abs(point.value)))) break;
    // So close to the minimum the curvature no longer changes.
    if (step.decrement > 1e-10) hessian = differencedHessian(objective, next, lower, upper);
    const nextStep = newtonStep(hessian, next, lower, upper);
    if (!(nextStep.decrement < step.decrement || next.value < point.value - POLISH_DECREMENT)) break;
    point = next;
    step = nextStep;
  }
  return { point, converged: step.decrement < CONVERGED_DECREMENT };
}

/** The Newton step in the box; variables that the gradient holds at a bound do not disturb the curvature of the others. */
function newtonStep(
  hessian: Float64Array,
  { x, gradient }: Point,
  lower: Float64Array,
  upper: Float64Array,
): QuadraticStep {
  const n = x.length;
  const curvature = hessian.slice();
  for (let i = 0; i < n; i++) {
    const held = (x[i] <= lower[i] && gradient[i] >= 0) || (x[i] >= upper[i] && gradient[i] <= 0);
    if (held) isolate(curvature, i, n);
  }
  return minimiseQuadraticInBox(positiveDefinite(curvature, n), gradient, x, lower, upper);
}

/** Central differences of the gradient, one-sided at a bound; symmetric. */
function differencedHessian(
  objective: Objective,
  { x, gradient }: Point,
  lower: Float64Array,
  upper: Float64Array,
): Float64Array {
  const n = x.length;
  const hessian = new Float64Array(n * n);
  const moved = x.slice();
  const above = new Float64Array(n);
  const below = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const width = 1e-5 * Math.max(0.01, Math.abs(x[j]));
    const high = Math.min(upper[j], x[j] + width);
    const low = Math.max(lower[j], x[j] - width);
    if (!(high > low)) continue;
    moved[j] = high;
    if (high > x[j]) objective(moved, above);
    else above.set(gradient);
    moved[j] = low;
    if (low < x[j]) objective(moved, below);
    else below.set(gradient);
    moved[j] = x[j];
    for (let i = 0; i < n; i++) hessian[i * n + j] = (above[i] - below[i]) / (high - low);
  }
  for (let i = 0; i < n; i++) {
    if (!(upper[i] > lower[i])) isolate(hessian, i, n);
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
      hessian[i * n + j] = mean;
      hessian[j * n + i] = mean;
    }
  }
  return hessian;
}

/** A variable without room takes no part: its row and column become those of the identity. */
function isolate(hessian: Float64Array, variable: number, n: number): void {
  for (let i = 0; i < n; i++) {
    hessian[i * n + variable] = 0;
    hessian[variable * n + i] = 0;
  }
  hessian[variable * n + variable] = 1;
}

/**
 * The matrix, with its diagonal raised until it is positive definite. Scaled to a unit diagonal first, so that the
 * variables' units do not matter.
 */
function positiveDefinite(matrix: Float64Array, n: number): Float64Array {
  const scale = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const diagonal = Math.abs(matrix[i * n + i]);
    scale[i] = diagonal > 1e-300 && Number.isFinite(diagonal) ? Math.sqrt(diagonal) : 1;
  }
  for (let ridge = 0; ridge < 1e8; ridge = ridge === 0 ? 1e-10 : ridge * 10) {
    const raised = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const entry = matrix[i * n + j];
        raised[i * n + j] = Number.isFinite(entry) ? entry : 0;
      }
      raised[i * n + i] += ridge * scale[i] * scale[i];
    }
    if (isClearlyPositiveDefinite(raised, scale, n)) return raised;
  }
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  return identity;
}

/**
 * By a margin that rounding cannot use up, so that every part of the matrix is positive definite as well: two small
 * pivots in a row multiply their errors.
 */
function isClearlyPositiveDefinite(matrix: Float64Array, scale: Float64Array, n: number): boolean {
  const factor = choleskyFactor(matrix, n);
  if (factor === null) return false;
  for (let i = 0; i < n; i++) if (!(factor[i * n + i] > 1e-4 * scale[i])) return false;
  return true;
}
