import type { ComparedPair, Scores } from './compared-pair.ts';
import type { ForecastOrigin } from './forecast-origins.ts';
import { meanOverOrigins, meanOverPairs, type ScoreRatio } from './score-ratio.ts';

/** In units of one over a scale: from two forecasts that differ much to two that hardly do. */
const STAKES = [0.5, 2, 8, 32];

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
  return {
    candidate,
    baseline,
    estimate: candidate / baseline,
    below: (ratio) => meanOverPairs(origins, (pair) => difference(pair, ratio < 1, 1, ratio)),
    above: (ratio) => meanOverPairs(origins, (pair) => difference(pair, ratio > 1, -1, ratio)),
    stakes: STAKES,
  };
}

function difference({ crps }: ComparedPair, isBounded: boolean, sign: 1 | -1, ratio: number) {
  const of = ({ candidate, baseline }: Scores) => sign * (ratio * baseline - candidate);
  let floor = Infinity;
  for (const scores of isBounded ? crps.boundedBends : crps.bends) floor = Math.min(floor, of(scores));
  return { value: of(isBounded ? crps.boundedOutcome : crps.outcome), floor };
}
