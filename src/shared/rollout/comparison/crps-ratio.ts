import { floorAt } from './compared-ratios.ts';
import type { HorizonOrigin } from './forecast-origins.ts';
import { flooredMeans, meanOverOrigins, type ScoreRatio, stakesFor } from './score-ratio.ts';

/**
 * The ratio of the CRPS of two quantile forecasts.
 *
 * Both distributions are known before the outcome, so the least that `ratio * baseline - candidate` can be is known too: the score is
 * piecewise linear in the outcome with slope -1 and 1 beyond the outermost quantiles, and for ratios of at least 1 the difference is
 * least where one of the two bends. For smaller ratios it falls without end, and outcomes count as no further from the baseline's
 * median than `FARTHEST_OUTCOME`; `above` the other way round.
 *
 * @param ratios for which the origins have floors
 */
export function crpsRatio(origins: readonly HorizonOrigin[], ratios: readonly number[]): ScoreRatio {
  const candidate = meanOverOrigins(origins, ({ crps }) => crps.candidate);
  const baseline = meanOverOrigins(origins, ({ crps }) => crps.baseline);
  const wagers = (isBounded: boolean, sign: 1 | -1, ratio: number) => {
    const values = flooredMeans(origins, ({ crps }) => ({
      value:
        sign *
        (isBounded
          ? ratio * crps.bounded_baseline - crps.bounded_candidate
          : ratio * crps.baseline - crps.candidate),
      floor: floorAt(ratio, ratios, sign === 1 ? crps.floors_below : crps.floors_above, (r) => r),
    }));
    return { values, stakes: stakesFor(values, isBounded) };
  };
  return {
    candidate,
    baseline,
    estimate: candidate / baseline,
    below: (ratio) => wagers(ratio < 1, 1, ratio),
    above: (ratio) => wagers(ratio > 1, -1, ratio),
  };
}
