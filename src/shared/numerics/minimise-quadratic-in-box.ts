import { choleskyFactor, choleskySolve } from './cholesky.ts';

export interface QuadraticStep {
  /** x + direction stays in the box, up to rounding. */
  readonly direction: Float64Array;
  /** By how much the quadratic falls; not negative. */
  readonly decrement: number;
}

/**
 * The step d that minimises g'd + d'Hd / 2 with x + d inside a box, for a few variables.
 *
 * Principal pivoting with the least index (Murty 1974): each variable is free or held at one of its bounds; as long as a
 * free one lies outside its bounds, or a held one would rather leave its bound, the first such one changes. That ends for
 * every positive definite H.
 *
 * @param hessian n x n, positive definite
 * @param x inside the box
 */
export function minimiseQuadraticInBox(
  hessian: Float64Array,
  gradient: Float64Array,
  x: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
): QuadraticStep {
  const n = x.length;
  // -1 held at the lower bound, 1 at the upper, 0 free
  const side = new Int8Array(n);
  for (let i = 0; i < n; i++) if (!(upper[i] > lower[i])) side[i] = -1;
  let direction = new Float64Array(n);
  for (let pivot = 0; pivot < 4 << n; pivot++) {
    direction = solveHeld(hessian, gradient, x, lower, upper, side);
    if (!changeFirstWrongSide(side, hessian, gradient, direction, x, lower, upper)) break;
  }
  let decrement = 0;
  for (let i = 0; i < n; i++) {
    let product = 0;
    for (let j = 0; j < n; j++) product += hessian[i * n + j] * direction[j];
    decrement -= direction[i] * (gradient[i] + 0.5 * product);
  }
  return { direction, decrement: Math.max(0, decrement) };
}

/** The best step of the free variables while the others sit at their bounds. */
function solveHeld(
  hessian: Float64Array,
  gradient: Float64Array,
  x: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  side: Int8Array,
): Float64Array<ArrayBuffer> {
  const n = x.length;
  const direction = new Float64Array(n);
  const free: number[] = [];
  for (let i = 0; i < n; i++) {
    if (side[i] === 0) free.push(i);
    else direction[i] = (side[i] < 0 ? lower[i] : upper[i]) - x[i];
  }
  const m = free.length;
  const reduced = new Float64Array(m * m);
  const right = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    right[i] = -gradient[free[i]];
    for (let j = 0; j < n; j++) {
      if (side[j] !== 0) right[i] -= hessian[free[i] * n + j] * direction[j];
    }
    for (let j = 0; j < m; j++) reduced[i * m + j] = hessian[free[i] * n + free[j]];
  }
  const factor = choleskyFactor(reduced, m);
  if (factor === null)
    throw new RangeError('The quadratic has no minimum: its matrix is not positive definite');
  choleskySolve(factor, m, right).forEach((value, i) => {
    direction[free[i]] = value;
  });
  return direction;
}

function changeFirstWrongSide(
  side: Int8Array,
  hessian: Float64Array,
  gradient: Float64Array,
  direction: Float64Array,
  x: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
): boolean {
  const n = x.length;
  for (let i = 0; i < n; i++) {
    if (side[i] === 0) {
      const slack = 1e-12 * (upper[i] - lower[i]);
      if (x[i] + direction[i] < lower[i] - slack) side[i] = -1;
      else if (x[i] + direction[i] > upper[i] + slack) side[i] = 1;
      else continue;
      return true;
    }
    if (!(upper[i] > lower[i])) continue;
    let slope = gradient[i];
    for (let j = 0; j < n; j++) slope += hessian[i * n + j] * direction[j];
    if (side[i] < 0 ? slope < 0 : slope > 0) {
      side[i] = 0;
      return true;
    }
  }
  return false;
}
