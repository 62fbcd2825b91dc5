import type { ComparedEvidence, ForecastOrigin } from '../../contracts/compared-evidence.ts';
import { type ComparedPair, comparedPair, type ForecastPair } from './compared-pair.ts';
import { COMPARED_RATIOS } from './compared-ratios.ts';

/**
 * What the judge is given of pairs: the sums over those of each forecast origin.
 *
 * Twin: the SQL function `internal.compare_pairs`, compared in test/database/computed-twice.test.ts.
 */
export function sumPairs(pairs: readonly ForecastPair[]): ComparedEvidence {
  const byOrigin = new Map<string, { readonly first: ForecastPair; readonly compared: ComparedPair[] }>();
  const unusable: ForecastPair[] = [];
  for (const pair of pairs) {
    const compared = comparedPair(pair);
    if (compared === null) {
      unusable.push(pair);
      continue;
    }
    const key = `${pair.horizon} ${Date.parse(pair.data_cutoff)}`;
    const same = byOrigin.get(key);
    if (same === undefined) byOrigin.set(key, { first: pair, compared: [compared] });
    else same.compared.push(compared);
  }
  return {
    ratios: COMPARED_RATIOS,
    origins: [...byOrigin.values()].map(({ first, compared }) => sumOrigin(first, compared)),
    waiting: 0,
    unusable: {
      count: unusable.length,
      latest: unusable.map(({ symbol, horizon, data_cutoff }) => ({ symbol, horizon, data_cutoff })),
    },
  };
}

function sumOrigin({ horizon, data_cutoff }: ForecastPair, pairs: readonly ComparedPair[]): ForecastOrigin {
  const sum = (of: (pair: ComparedPair) => number) => pairs.reduce((total, pair) => total + of(pair), 0);
  const square = (x: number) => x * x;
  const floors = (ratios: readonly number[], of: (pair: ComparedPair, ratio: number) => number) =>
    ratios.map((ratio) => sum((pair) => of(pair, ratio)));
  return {
    horizon,
    data_cutoff,
    pairs: pairs.length,
    crps: {
      candidate: sum(({ crps }) => crps.outcome.candidate),
      baseline: sum(({ crps }) => crps.outcome.baseline),
      bounded_candidate: sum(({ crps }) => crps.boundedOutcome.candidate),
      bounded_baseline: sum(({ crps }) => crps.boundedOutcome.baseline),
      floors_below: floors(COMPARED_RATIOS, (pair, ratio) => crpsFloor(pair, ratio < 1, 1, ratio)),
      floors_above: floors(COMPARED_RATIOS, (pair, ratio) => crpsFloor(pair, ratio > 1, -1, ratio)),
    },
    squares: {
      candidate: sum(({ error, meanDifference }) => square(error - meanDifference)),
      baseline: sum(({ error }) => square(error)),
      bounded_candidate: sum(({ bounded, meanDifference }) => square(bounded.error - meanDifference)),
      bounded_baseline: sum(({ bounded }) => square(bounded.error)),
      difference: sum(({ meanDifference }) => square(meanDifference)),
      floors_below: floors(
        COMPARED_RATIOS.filter((ratio) => ratio <= 1),
        (pair, ratio) => squaresFloor(pair, 1, ratio * ratio),
      ),
      floors_above: floors(
        COMPARED_RATIOS.filter((ratio) => ratio >= 1),
        (pair, ratio) => squaresFloor(pair, -1, ratio * ratio),
      ),
    },
    covered: pairs[0].covered.map((_, place) => pairs.filter(({ covered }) => covered[place]).length),
  };
}

/**
 * The least that `sign * (ratio * baseline - candidate)` can be. Both distributions are known before the outcome: their scores are piecewise linear in it, with slopes -1 and 1
 * beyond the outermost quantiles, so that the difference is least where one of the two bends, or at a bound.
 */
function crpsFloor({ crps }: ComparedPair, isBounded: boolean, sign: 1 | -1, ratio: number): number {
  const bends = isBounded ? crps.boundedBends : crps.bends;
  let floor = Infinity;
  for (let i = 0; i < bends.candidate.length; i++) {
    floor = Math.min(floor, sign * (ratio * bends.baseline[i] - bends.candidate[i]));
  }
  return floor;
}

/** The least of the parabola between the bounds: at one of them, or at its vertex. */
function squaresFloor({ bounded, meanDifference }: ComparedPair, sign: 1 | -1, factor: number): number {
  const of = (e: number) => sign * (factor * e * e - (e - meanDifference) * (e - meanDifference));
  const vertex = -meanDifference / (factor - 1);
  const ends = Math.min(of(bounded.least), of(bounded.largest));
  return vertex > bounded.least && vertex < bounded.largest ? Math.min(ends, of(vertex)) : ends;
}
