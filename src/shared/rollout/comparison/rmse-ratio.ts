import type { ComparedPair } from './compared-pair.ts';
import type { ForecastOrigin } from './forecast-origins.ts';
import { meanOverOrigins, meanOverPairs, type ScoreRatio, stakesFor } from './score-ratio.ts';

/**
 * The ratio of the RMSE of two means, each error in units of the baseline's scale, so that stormy days do not decide alone.
 *
 * With e the baseline's error and d the candidate's mean less the baseline's, `a e^2 - (e - d)^2` is a parabola in e: for a > 1 never
 * below -a / (a - 1) d^2. For a <= 1 outcomes count as no further from the baseline's median than `FARTHEST_OUTCOME`; `above` the other
 * way round.
 */
export function rmseRatio(origins: readonly ForecastOrigin[]): ScoreRatio {
  const candidate = Math.sqrt(
    meanOverOrigins(
      origins,
      ({ error, meanDifference }) => (error - meanDifference) * (error - meanDifference),
    ),
  );
  const baseline = Math.sqrt(meanOverOrigins(origins, ({ error }) => error * error));
  const wagers = (isBounded: boolean, sign: 1 | -1, ratio: number) => {
    const values = meanOverPairs(origins, (pair) => difference(pair, isBounded, sign, ratio * ratio));
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

function difference(
  { error, meanDifference, bounded }: ComparedPair,
  isBounded: boolean,
  sign: 1 | -1,
  factor: number,
) {
  const of = (e: number) => sign * (factor * e * e - (e - meanDifference) * (e - meanDifference));
  const floor = isBounded
    ? leastWithin(of, bounded, meanDifference, factor)
    : (-Math.abs(factor) / Math.abs(factor - 1)) * meanDifference * meanDifference;
  return { value: of(isBounded ? bounded.error : error), floor };
}

/** The least of the parabola between two errors: at an end, or at its vertex. */
function leastWithin(
  of: (error: number) => number,
  { least, largest }: ComparedPair['bounded'],
  meanDifference: number,
  factor: number,
): number {
  const vertex = -meanDifference / (factor - 1);
  const ends = Math.min(of(least), of(largest));
  return vertex > least && vertex < largest ? Math.min(ends, of(vertex)) : ends;
}
