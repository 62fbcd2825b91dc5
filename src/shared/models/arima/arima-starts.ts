import { choleskyFactor, choleskySolve } from '../../numerics/cholesky.ts';
import { dot } from '../../numerics/square-matrices.ts';
import type { ArimaLikelihood } from './arima-likelihood.ts';
import type { ArmaOrder } from './arma-model.ts';
import { movingAverageGrid } from './moving-average-grid.ts';
import { arFromPartial, partialFromAr } from './partial-autocorrelations.ts';
import { shocksFromZero } from './shock-filters.ts';

/** Starts at most. */
const STARTS = 8;
/** Two starts differ when in some partial autocorrelation x the odds (1 + x) / (1 - x) differ by this factor at least. */
const APART = 5;

interface Candidate {
  readonly x: Float64Array;
  /** The negative log-likelihood there. */
  readonly value: number;
}

/**
 * Where to search for the maximum of an ARIMA likelihood from: partial autocorrelations, those of ar first, then those of
 * -ma.
 *
 * Near cancelling and near the unit circle a likelihood has many maxima, and the highest is often narrow. So its value is
 * looked at along a grid of moving averages. Given one of them the autoregression is a linear regression (separable least
 * squares, Golub and Pereyra 1973) on the series divided by ma(B), which leaves no more than two dimensions to the grid.
 * The best points that are not close to each other are the starts.
 *
 * @param w differences, scaled, with mean 0 where there is a constant
 * @returns the highest likelihood first; at least one
 */
export function arimaStarts(
  likelihood: ArimaLikelihood,
  w: Float64Array,
  { p, q }: ArmaOrder,
): Float64Array[] {
  let candidates: Candidate[] = [];
  const consider = (arPartial: Float64Array, maPartial: Float64Array) => {
    const x = new Float64Array(p + q);
    x.set(arPartial);
    x.set(maPartial, p);
    const { negativeLogLikelihood } = likelihood.evaluate(
      arFromPartial(arPartial),
      movingAverage(maPartial),
      null,
    );
    candidates.push({ x, value: negativeLogLikelihood });
  };
  const filtered = w.slice();
  for (const maPartial of movingAverageGrid(q, w.length)) {
    if (p > 0 && q > 0) shocksFromZero(w, new Float64Array(0), movingAverage(maPartial), filtered);
    consider(insidePartial(autoregression(filtered, p)), maPartial);
  }
  if (q === 1 && p < 2) candidates = lowerThanNeighbours(candidates);
  candidates.sort((a, b) => a.value - b.value);
  const starts: Float64Array[] = [];
  for (const { x, value } of candidates) {
    if (starts.length < STARTS && Number.isFinite(value) && starts.every((other) => areApart(x, other)))
      starts.push(x);
  }
  return starts.length > 0 ? starts : [new Float64Array(p + q)];
}

/** Along a line: one start in each valley is enough. */
function lowerThanNeighbours(line: readonly Candidate[]): Candidate[] {
  const valueAt = (i: number) => line[i]?.value ?? Number.POSITIVE_INFINITY;
  return line.filter(({ value }, i) => value <= valueAt(i - 1) && value <= valueAt(i + 1));
}

function movingAverage(partial: Float64Array): Float64Array {
  return arFromPartial(partial).map((value) => -value);
}

/** The regression of values on their own last p, by the normal equations; zeros where these are singular. */
function autoregression(values: Float64Array, p: number): Float64Array {
  const n = values.length;
  const delayed = (lag: number) => values.subarray(p - lag, n - lag);
  const products = new Float64Array(p * p);
  const withOutcome = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    withOutcome[i] = dot(delayed(0), delayed(i + 1));
    for (let j = 0; j <= i; j++) {
      products[i * p + j] = dot(delayed(i + 1), delayed(j + 1));
      products[j * p + i] = products[i * p + j];
    }
  }
  const factor = choleskyFactor(products, p);
  return factor === null ? new Float64Array(p) : choleskySolve(factor, p, withOutcome);
}

/** Partial autocorrelations of an autoregression that is damped until it is stationary by a margin. */
function insidePartial(ar: Float64Array): Float64Array {
  for (let damping = 1; damping > 1e-3; damping *= 0.97) {
    let power = 1;
    const damped = ar.map((value) => {
      power *= damping;
      return value * power;
    });
    const partial = partialFromAr(damped);
    if (partial?.every((value) => Math.abs(value) < 0.995)) return partial;
  }
  return new Float64Array(ar.length);
}

function areApart(one: Float64Array, other: Float64Array): boolean {
  return one.some((a, i) => {
    const b = other[i];
    const ratio = ((1 + a) * (1 - b)) / ((1 - a) * (1 + b));
    return ratio > APART || ratio < 1 / APART;
  });
}
