import { choleskyFactor, choleskySolve } from '../../numerics/cholesky.ts';
import type { ArimaMaximum, ArimaSearch } from './arima-search.ts';

/** Width of the differences, for coefficients of about 1. */
const WIDTH = 1e-5;

/**
 * The covariance of the estimates of ar, ma and (where there is one) the constant, one row each: the inverse of the negative
 * log-likelihood's Hessian, by central differences of its analytic gradient, with the innovation variance concentrated out
 * as R's `arima` does.
 *
 * @returns null when the Hessian is not positive definite, or the likelihood has none beside the estimates
 */
export function arimaCovariance(search: ArimaSearch, maximum: ArimaMaximum): Float64Array[] | null {
  const { p, q } = search.order;
  const size = p + q + (search.constant ? 1 : 0);
  // In units of the scaled data.
  const at = new Float64Array(size);
  at.set(maximum.ar, 0);
  at.set(maximum.ma, p);
  if (search.constant) at[p + q] = (maximum.constant - search.centre) / search.unit;
  const gradientAt = (x: Float64Array) => {
    const gradient = new Float64Array(size);
    const { negativeLogLikelihood } = search.likelihood.evaluate(
      x.slice(0, p),
      x.slice(p, p + q),
      gradient,
      search.constant ? x[p + q] : undefined,
    );
    return Number.isFinite(negativeLogLikelihood) ? gradient : null;
  };
  const hessian = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    const moved = at.slice();
    moved[j] = at[j] + WIDTH;
    const above = gradientAt(moved);
    moved[j] = at[j] - WIDTH;
    const below = gradientAt(moved);
    if (above === null || below === null) return null;
    for (let i = 0; i < size; i++) {
      const slope = (above[i] - below[i]) / (4 * WIDTH);
      hessian[i * size + j] += slope;
      hessian[j * size + i] += slope;
    }
  }
  const factor = choleskyFactor(hessian, size);
  if (factor === null) return null;
  const units = at.map((_, i) => (i === p + q ? search.unit : 1));
  return Array.from(units, (unit, i) => {
    const column = new Float64Array(size);
    column[i] = unit;
    return choleskySolve(factor, size, column).map((value, j) => value * units[j]);
  });
}
