import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import type { ForecastPair } from '../../../src/shared/rollout/comparison/compared-pair.ts';
import { FARTHEST_OUTCOME } from '../../../src/shared/rollout/comparison/compared-pair.ts';
import { COMPARED_RATIOS } from '../../../src/shared/rollout/comparison/compared-ratios.ts';
import { crpsRatio } from '../../../src/shared/rollout/comparison/crps-ratio.ts';
import { forecastOrigins } from '../../../src/shared/rollout/comparison/forecast-origins.ts';
import { rmseRatio } from '../../../src/shared/rollout/comparison/rmse-ratio.ts';
import { sumPairs } from '../../../src/shared/rollout/comparison/sum-pairs.ts';
import { crpsFromQuantiles } from '../../../src/shared/scores/crps.ts';
import { pairsOf } from './simulated-evidence.ts';

const WILD = { scale: 1.2, scaleNoise: 0.5, meanError: 0.7 };
const pairs = pairsOf(WILD, { sessions: 8, symbols: 1, seed: 11 });
const scaleOf = ({ baseline }: ForecastPair) => (baseline.quantiles[167] - baseline.quantiles[31]) / 2;
const of = (pair: ForecastPair) => forecastOrigins(sumPairs([pair]), ['1D'])[0].origins;
const withOutcome = (pair: ForecastPair, realised_return: number) => ({ ...pair, realised_return });
/** An outcome, and what it counts as. */
function bounded(pair: ForecastPair): ForecastPair {
  const farthest = FARTHEST_OUTCOME * scaleOf(pair);
  const median = pair.baseline.quantiles[99];
  return withOutcome(pair, Math.max(median - farthest, Math.min(median + farthest, pair.realised_return)));
}
const crps = (pair: ForecastPair, of: 'candidate' | 'baseline') =>
  crpsFromQuantiles(pair[of].quantiles, pair.realised_return) / scaleOf(pair);
const squared = (pair: ForecastPair, of: 'candidate' | 'baseline') => {
  const error = (pair.realised_return - pair[of].mean) / scaleOf(pair);
  return error * error;
};

describe('score ratios', () => {
  it.each([
    ['crps', crpsRatio, crps, (ratio: number) => ratio],
    ['rmse', rmseRatio, squared, (ratio: number) => ratio * ratio],
  ] as const)(
    '%s: values are differences of scores, and floors are the least of them',
    (_, make, score, factor) => {
      const random = new SeededRandom(3);
      for (const pair of pairs.slice(0, 3)) {
        for (const ratio of [0.7, 0.9, 1, 1.05, 1.1, 2]) {
          for (const direction of ['below', 'above'] as const) {
            const sign = direction === 'below' ? 1 : -1;
            const isBounded = sign * (ratio - 1) < 0 || (ratio === 1 && make === rmseRatio);
            const plain = (one: ForecastPair) =>
              sign * (factor(ratio) * score(one, 'baseline') - score(one, 'candidate'));
            let least = Infinity;
            const [{ floor }] = make(of(pair), COMPARED_RATIOS)[direction](ratio).values;
            for (let i = 0; i < 120; i++) {
              const outcome = pair.baseline.mean + 0.05 * (i / 60 - 1) * (1 + random.uniform());
              const moved = withOutcome(pair, i === 0 ? 0.5 : i === 1 ? -0.5 : outcome);
              const [value] = make(of(moved), COMPARED_RATIOS)[direction](ratio).values;
              expect(value.floor).toBeCloseTo(floor, 8);
              expect(value.value).toBeCloseTo(plain(isBounded ? bounded(moved) : moved), 8);
              expect(value.value).toBeGreaterThanOrEqual(floor - 1e-9);
              least = Math.min(least, value.value);
            }
            // No wild guess: some outcome comes near.
            expect(least).toBeLessThan(floor + 0.1 * Math.max(1, Math.abs(floor)));
          }
        }
      }
    },
  );

  it('of equal forecasts are 1, and shown to be within the margin whatever comes', () => {
    const same = pairs.map((pair) => ({ ...pair, candidate: pair.baseline }));
    const [{ origins, ratios }] = forecastOrigins(sumPairs(same), ['1D']);
    for (const ratio of [crpsRatio(origins, ratios), rmseRatio(origins, ratios)]) {
      expect(ratio.estimate).toBe(1);
      expect(ratio.below(1.05).values.every(({ value, floor }) => floor >= 0 && value >= floor)).toBe(true);
    }
  });

  it('average the symbols of an origin, and take origins in the order of time', () => {
    const three = pairsOf(WILD, { sessions: 4, symbols: 3, seed: 5 });
    const [{ origins, ratios, sessions, pairs: n }] = forecastOrigins(sumPairs([...three].reverse()), ['1D']);
    expect([origins.length, sessions, n]).toEqual([4, 4, 12]);
    const { values } = crpsRatio(origins, ratios).below(1.05);
    values.forEach(({ value }, session) => {
      const ofSession = three.slice(3 * session, 3 * session + 3);
      const mean =
        ofSession.reduce((sum, p) => sum + 1.05 * crps(p, 'baseline') - crps(p, 'candidate'), 0) / 3;
      expect(value).toBeCloseTo(mean, 10);
    });
  });

  it('count two origins of a day as one session', () => {
    const halves = pairs.flatMap((pair, i) => {
      const day = `2026-03-${String(2 + i).padStart(2, '0')}`;
      return [
        { ...pair, horizon: '4h' as const, data_cutoff: `${day}T14:30:00+00:00` },
        { ...pair, horizon: '4h' as const, data_cutoff: `${day}T13:30:00-05:00` },
      ];
    });
    const [four] = forecastOrigins(sumPairs(halves), []);
    expect([four.origins.length, four.sessions]).toEqual([16, 8]);
  });

  it('leave out what cannot be compared, and name it', () => {
    const flat = { mean: 0, quantiles: new Float64Array(199) };
    const broken = [
      withOutcome(pairs[0], Number.NaN),
      { ...pairs[1], baseline: flat },
      { ...pairs[2], candidate: { ...pairs[2].candidate, mean: Number.NaN } },
      { ...pairs[3], candidate: { mean: 0, quantiles: Float64Array.of(1) } },
    ];
    const [{ origins, unusable }] = forecastOrigins(sumPairs([...broken, pairs[5]]), ['1D']);
    expect(origins).toHaveLength(1);
    expect(unusable).toHaveLength(4);
    expect(unusable[0]).toBe('S0 2026-01-05');
  });
});
