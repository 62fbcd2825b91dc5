import { QUANTILE_LEVELS } from '../../src/shared/numerics/distributions/predictive-distribution.ts';

/**
 * Probability integral transform (Dawid 1984): the forecast's probability of an outcome at most as large as this one. Over
 * many outcomes it is uniform on 0 to 1 when the forecasts are calibrated (Diebold, Gunther and Tay 1998).
 *
 * Linear between the quantiles; where several are equal to the outcome, the middle of their levels. Beyond the outermost
 * quantiles the forecast says nothing more: there it is half a level step, 0.0025 or 0.9975.
 *
 * Twin: the SQL function `internal.pit`, compared in test/end-to-end/forecast-outcomes.test.ts.
 *
 * @param quantiles at `QUANTILE_LEVELS`, never decreasing
 * @throws RangeError unless there are 199 quantiles and the outcome is a number
 */
export function probabilityIntegralTransform(quantiles: Float64Array, outcome: number): number {
  const n = QUANTILE_LEVELS.length;
  if (quantiles.length !== n || Number.isNaN(outcome)) {
    throw new RangeError(
      `A PIT needs ${n} quantiles and an outcome, not ${quantiles.length} and ${outcome}.`,
    );
  }
  const edge = QUANTILE_LEVELS[0] / 2;
  const below = countBelow(quantiles, outcome, false);
  const notAbove = countBelow(quantiles, outcome, true);
  if (notAbove > below) return 0.5 * (QUANTILE_LEVELS[below] + QUANTILE_LEVELS[notAbove - 1]);
  if (below === 0) return edge;
  if (below === n) return 1 - edge;
  const share = (outcome - quantiles[below - 1]) / (quantiles[below] - quantiles[below - 1]);
  return QUANTILE_LEVELS[below - 1] + share * (QUANTILE_LEVELS[below] - QUANTILE_LEVELS[below - 1]);
}

/** How many ascending values lie below `bound`, or at it too. */
function countBelow(ascending: Float64Array, bound: number, orEqual: boolean): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < bound || (orEqual && ascending[middle] === bound)) low = middle + 1;
    else high = middle;
  }
  return low;
}
