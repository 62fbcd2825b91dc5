import type { FlooredValue } from './bets-on-a-mean.ts';
import type { ComparedPair } from './compared-pair.ts';
import type { ForecastOrigin } from './forecast-origins.ts';
import { meanOverOrigins, meanOverPairs, type ScoreRatio, stakesFor } from './score-ratio.ts';

/**
 * The ratio of the CRPS of two quantile forecasts.
 *
 * Both distributions are known before the outcome, so the least that `ratio * baseline - candidate` can be is known too: the score is
 * piecewise linear in the outcome with slope -1 and 1 beyond the outermost quantiles, and for ratios of at least 1 the difference is
 * least where one of the two bends. For smaller ratios it falls without end, and outcomes count as no further from the baseline's
 * median than `FARTHEST_OUTCOME`; `above` the other way round.
 */
export function crpsRatio(origins: readonly ForecastOrigin[]): ScoreRatio {
  const candidate = meanOverOrigins(origins, ({ crps }) => crps.outcome.candidate);
  const baseline = meanOverOrigins(origins, ({ crps }) => crps.outcome.baseline);
  const wagers = (isBounded: boolean, sign: 1 | -1, ratio: number) => {
    const values = meanOverPairs(origins, (pair) => difference(pair, isBounded, sign, ratio));
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

function difference({ crps }: ComparedPair, isBounded: boolean, sign: 1 | -1, ratio: number): FlooredValue {
  const { candidate, baseline } = isBounded ? crps.boundedOutcome : crps.outcome;
  const bends = isBounded ? crps.boundedBends : crps.bends;
  let floor = Infinity;
  for (let i = 0; i < bends.candidate.length; i++) {
    floor = Math.min(floor, sign * (ratio * bends.baseline[i] - bends.candidate[i]));
  }
  return { value: sign * (ratio * baseline - candidate), floor };
}
