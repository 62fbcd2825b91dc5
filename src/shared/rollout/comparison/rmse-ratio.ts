import type { ForecastOrigin } from '../../contracts/compared-evidence.ts';
import { floorAt } from './compared-ratios.ts';
import type { HorizonOrigin } from './forecast-origins.ts';
import { flooredMeans, meanOverOrigins, type ScoreRatio, stakesFor } from './score-ratio.ts';

/**
 * The ratio of the RMSE of two means, each error in units of the baseline's scale, so that stormy days do not decide alone.
 *
 * With e the baseline's error and d the candidate's mean less the baseline's, `a e^2 - (e - d)^2` is a parabola in e: for a > 1 never
 * below -a / (a - 1) d^2. For a <= 1 outcomes count as no further from the baseline's median than `FARTHEST_OUTCOME`; `above` the other
 * way round.
 *
 * @param ratios for which the origins have floors
 */
export function rmseRatio(origins: readonly HorizonOrigin[], ratios: readonly number[]): ScoreRatio {
  const candidate = Math.sqrt(meanOverOrigins(origins, ({ squares }) => squares.candidate));
  const baseline = Math.sqrt(meanOverOrigins(origins, ({ squares }) => squares.baseline));
  const below = ratios.filter((ratio) => ratio <= 1);
  const above = ratios.filter((ratio) => ratio >= 1);
  const boundedFloor = (
    { floors_below, floors_above }: ForecastOrigin['squares'],
    sign: 1 | -1,
    ratio: number,
  ) =>
    sign === 1
      ? floorAt(ratio, below, floors_below, (r) => r * r)
      : floorAt(ratio, above, floors_above, (r) => r * r);
  const wagers = (isBounded: boolean, sign: 1 | -1, ratio: number) => {
    const factor = ratio * ratio;
    const values = flooredMeans(origins, ({ squares }) =>
      isBounded
        ? {
            value: sign * (factor * squares.bounded_baseline - squares.bounded_candidate),
            floor: boundedFloor(squares, sign, ratio),
          }
        : {
            value: sign * (factor * squares.baseline - squares.candidate),
            floor: (-factor / Math.abs(factor - 1)) * squares.difference,
          },
    );
    return { values, stakes: stakesFor(values, isBounded) };
  };
  return {
    candidate,
    baseline,
    estimate: candidate / baseline,
    below: (ratio) => wagers(ratio <= 1, 1, ratio),
    above: (ratio) => wagers(ratio >= 1, -1, ratio),
  };
}
