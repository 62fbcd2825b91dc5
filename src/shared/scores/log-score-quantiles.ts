import ln from '@stdlib/math-base-special-ln';
import { QUANTILE_LEVELS } from '../numerics/distributions/predictive-distribution.ts';

/**
 * Percentages at which the density changes: finer towards the tails, and wide enough that a pool of 1,000 residuals
 * fills them.
 */
const KNOT_PERCENTAGES = [
  ...[0.5, 1, 2.5, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50],
  ...[55, 60, 65, 70, 75, 80, 85, 90, 95, 97.5, 99, 99.5],
];
/** Their places in `QUANTILE_LEVELS`. */
const KNOTS = KNOT_PERCENTAGES.map((percentage) => Math.round(percentage * 2) - 1);
/** The level of the outermost knot: what lies beyond it on one side. */
const TAIL = QUANTILE_LEVELS[0];
const LN_TAIL = ln(TAIL);
const LN_2 = ln(2);
/** Two knots may coincide where a pool has equal residuals: a bin is at least this share of the whole range. */
const NARROWEST_BIN = 1e-6;

/**
 * Logarithmic score of a forecast that is known by its quantiles: minus the log density at the outcome; smaller is better.
 *
 * The density is constant between the quantiles of 0.5, 1, 2.5, 5, 10, 15, ... 95, 97.5, 99 and 99.5 %. Beyond the outermost
 * ones it falls exponentially, at the rate that halves the probability from 1 to 0.5 %. It integrates to 1, so the score is
 * proper among forecasts that are scored like this.
 *
 * Twin: the SQL function `internal.log_score`, compared in test/database/forecast-scores.test.ts.
 *
 * @param quantiles at `QUANTILE_LEVELS`, never decreasing and not all the same
 * @throws RangeError for a point mass, which has no density
 */
export function logScoreFromQuantiles(quantiles: Float64Array, outcome: number): number {
  const last = quantiles.length - 1;
  const narrowest = NARROWEST_BIN * (quantiles[last] - quantiles[0]);
  if (!(narrowest > 0)) {
    throw new RangeError('A forecast whose quantiles are all the same has no density');
  }
  if (outcome < quantiles[0]) {
    return tailScore(quantiles[0] - outcome, Math.max(narrowest, quantiles[1] - quantiles[0]));
  }
  if (outcome > quantiles[last]) {
    return tailScore(outcome - quantiles[last], Math.max(narrowest, quantiles[last] - quantiles[last - 1]));
  }
  let bin = 1;
  while (bin < KNOTS.length - 1 && outcome > quantiles[KNOTS[bin]]) bin++;
  const width = Math.max(narrowest, quantiles[KNOTS[bin]] - quantiles[KNOTS[bin - 1]]);
  return ln(width) - ln(QUANTILE_LEVELS[KNOTS[bin]] - QUANTILE_LEVELS[KNOTS[bin - 1]]);
}

/** @param halving distance over which the probability beyond halves */
function tailScore(distance: number, halving: number): number {
  return (LN_2 * distance) / halving - LN_TAIL - ln(LN_2 / halving);
}
