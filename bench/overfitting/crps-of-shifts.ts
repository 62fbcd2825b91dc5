import { QUANTILE_LEVELS } from '../../src/shared/numerics/distributions/predictive-distribution.ts';

/** Half the step between levels, and the middle of what lies below the first one; as `crpsFromQuantiles`. */
const TAIL_WIDTH = QUANTILE_LEVELS[0] / 2;

/**
 * CRPS at many outcomes of one distribution: `crpsFromQuantiles`, up to rounding, by sums that are kept instead of 199 losses for each.
 *
 * Moving a distribution by s and scoring it at y is scoring it at y - s, so this scores thousands of forecasts that differ by
 * their mean alone.
 *
 * @param quantiles at `QUANTILE_LEVELS`, never decreasing
 */
export function crpsAtOutcomes(quantiles: Float64Array): (outcome: number) => number {
  // Each knot is a quantile with its level and the width of levels it stands for; the tails' are the outermost quantiles again.
  const last = quantiles.length - 1;
  const knots = [
    { at: quantiles[0], level: TAIL_WIDTH / 2, width: TAIL_WIDTH },
    ...Array.from(quantiles, (at, i) => ({ at, level: QUANTILE_LEVELS[i], width: QUANTILE_LEVELS[0] })),
    { at: quantiles[last], level: 1 - TAIL_WIDTH / 2, width: TAIL_WIDTH },
  ];
  const n = knots.length;
  // With the first k knots below the outcome the score is slope[k] * outcome + constant[k].
  const slope = new Float64Array(n + 1);
  const constant = new Float64Array(n + 1);
  for (const { at, level, width } of knots) {
    slope[0] -= 2 * width * (1 - level);
    constant[0] += 2 * width * (1 - level) * at;
  }
  for (let k = 0; k < n; k++) {
    slope[k + 1] = slope[k] + 2 * knots[k].width;
    constant[k + 1] = constant[k] - 2 * knots[k].width * knots[k].at;
  }
  return (outcome) => {
    let low = 0;
    let high = n;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (knots[middle].at <= outcome) low = middle + 1;
      else high = middle;
    }
    return slope[low] * outcome + constant[low];
  };
}
