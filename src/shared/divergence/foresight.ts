import ln from '@stdlib/math-base-special-ln';
import type { ScoredPart } from '../evaluation/scored-window.ts';
import { meanOf } from '../numerics/mean.ts';

/** How what a model says of a bar beyond the benchmark goes with what the bar then brings. */
export interface Foresight {
  /** Rank correlation of the model's mean less the benchmark's with the return, both over the expected volatility. */
  readonly mean: number;
  /** Rank correlation of the model's scale over the benchmark's with the size of the return over the expected volatility. */
  readonly scale: number;
}

/**
 * Spearman's (1904) rank correlations of what a model says beyond the benchmark with the benchmark's surprise, over the bars of
 * some parts, each part by itself and then averaged.
 *
 * Correlations do not depend on how much of a leak a model makes use of, nor on a benchmark whose level is wrong for a while; a score
 * relative to the benchmark depends on both. 0 where one of the two does not vary.
 *
 * @param parts at least one, each with at least one bar
 */
export function foresight(parts: readonly ScoredPart[]): Foresight {
  const average = (measure: (part: ScoredPart) => number) => meanOf(Float64Array.from(parts, measure));
  return {
    mean: average(({ mean, expectedMean, realised, expectedVolatility }) =>
      rankCorrelation(
        mean.map((value, i) => (value - expectedMean[i]) / expectedVolatility[i]),
        realised.map((value, i) => (value - expectedMean[i]) / expectedVolatility[i]),
      ),
    ),
    scale: average(({ scale, expectedMean, realised, expectedVolatility }) =>
      rankCorrelation(
        scale.map((value, i) => ln(value / expectedVolatility[i])),
        realised.map((value, i) => Math.abs(value - expectedMean[i]) / expectedVolatility[i]),
      ),
    ),
  };
}

/** Spearman's rank correlation: Pearson's of the ranks, ties sharing theirs; 0 where all values of one side are the same. */
export function rankCorrelation(first: Float64Array, second: Float64Array): number {
  const a = ranks(first);
  const b = ranks(second);
  // Ranks with shared ones have the mean (n - 1) / 2 too.
  const middle = (a.length - 1) / 2;
  let product = 0;
  let aSquares = 0;
  let bSquares = 0;
  for (let i = 0; i < a.length; i++) {
    product += (a[i] - middle) * (b[i] - middle);
    aSquares += (a[i] - middle) * (a[i] - middle);
    bSquares += (b[i] - middle) * (b[i] - middle);
  }
  return aSquares > 0 && bSquares > 0 ? product / Math.sqrt(aSquares * bSquares) : 0;
}

/** Ranks from 0, the mean rank for values that tie. Values that differ by rounding alone tie. */
function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i] - values[j]);
  const ranked = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] - values[order[from]] <= ROUNDING) to++;
    for (let place = from; place < to; place++) ranked[order[place]] = (from + to - 1) / 2;
    from = to;
  }
  return ranked;
}

/** Of standardised values: what says no more than this says nothing. */
const ROUNDING = 1e-9;
