import { QUANTILE_LEVELS } from '../numerics/distributions/predictive-distribution.ts';
import { pinball } from './pinball.ts';

/** Half the step between levels, and the middle of what lies below the first one. */
const TAIL_WIDTH = QUANTILE_LEVELS[0] / 2;
const TAIL_MIDDLE = TAIL_WIDTH / 2;

/**
 * Continuous ranked probability score from quantiles: twice the integral of the pinball loss over the levels (Laio and
 * Tamea 2007, eq. 4). In the unit of the outcome; smaller is better.
 *
 * Each quantile stands for the levels around it, half a step either way. The tails beyond, 0.25 % on each side, are
 * unknown: there the outermost quantile stands in, scored at the middle of the tail. The expected score of a normal or
 * t(4) distribution is within 0.01 % of its closed form; for a point mass it is the absolute error.
 *
 * Twin: the SQL function `internal.crps`, compared in test/database/forecast-scores.test.ts.
 *
 * @param quantiles at `QUANTILE_LEVELS`, never decreasing
 */
export function crpsFromQuantiles(quantiles: Float64Array, outcome: number): number {
  const last = quantiles.length - 1;
  let sum = 0;
  for (let i = 0; i <= last; i++) sum += pinball(quantiles[i], outcome, QUANTILE_LEVELS[i]);
  const tails =
    pinball(quantiles[0], outcome, TAIL_MIDDLE) + pinball(quantiles[last], outcome, 1 - TAIL_MIDDLE);
  return 2 * (QUANTILE_LEVELS[0] * sum + TAIL_WIDTH * tails);
}

/**
 * A subgradient of {@link crpsFromQuantiles} by the quantiles: how fast the score grows with each of them. The score is convex in them,
 * so that `score(a) - score(b)` is at most the subgradient at a times `a - b`.
 *
 * @param quantiles at `QUANTILE_LEVELS`, never decreasing
 */
export function crpsSubgradient(quantiles: Float64Array, outcome: number): Float64Array {
  const last = quantiles.length - 1;
  const slope = (quantile: number, level: number) => (outcome >= quantile ? 0 : 1) - level;
  const slopes = quantiles.map((quantile, i) => 2 * QUANTILE_LEVELS[0] * slope(quantile, QUANTILE_LEVELS[i]));
  slopes[0] += 2 * TAIL_WIDTH * slope(quantiles[0], TAIL_MIDDLE);
  slopes[last] += 2 * TAIL_WIDTH * slope(quantiles[last], 1 - TAIL_MIDDLE);
  return slopes;
}
