import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { coveragePower, originsForPower } from '../../../src/shared/rollout/comparison/coverage-power.ts';
import {
  intervalCoverages,
  isCoverageAbove,
  isCoverageBelow,
} from '../../../src/shared/rollout/comparison/coverage-test.ts';
import { forecastOrigins } from '../../../src/shared/rollout/comparison/forecast-origins.ts';
import { sumPairs } from '../../../src/shared/rollout/comparison/sum-pairs.ts';
import { HONEST, pairsOf } from './simulated-evidence.ts';

const wrong = { symbols: 1, nominal: 0.9, actual: 0.59, level: 0.05 };

describe('the coverage of intervals', () => {
  it('is tested by wagers on the shares', () => {
    // Two fifths of the wealth is at stake: a miss multiplies it by 1 + 4 * 0.9, a hit by 0.6.
    expect(4.6 ** 2).toBeGreaterThan(20);
    expect(isCoverageBelow([0, 0], 0.9, 0.05)).toBe(true);
    expect(isCoverageBelow([0, 0, 1], 0.9, 0.05)).toBe(false);
    expect(isCoverageAbove(Array(60).fill(1), 0.9, 0.05)).toBe(false);
    expect(isCoverageAbove(Array(80).fill(1), 0.9, 0.05)).toBe(true);
  });

  it('lies within its confidence sequence at all times, in nearly all courses', () => {
    const random = new SeededRandom(3);
    let wronged = 0;
    for (let course = 0; course < 400; course++) {
      const shares: number[] = [];
      let ever = false;
      for (let day = 0; day < 40; day++) {
        shares.push(random.uniform() < 0.9 ? 1 : 0);
        ever ||= isCoverageBelow(shares, 0.9, 0.05);
      }
      if (ever) wronged++;
    }
    expect(wronged / 400).toBeLessThanOrEqual(0.05);
  });

  it('is counted at each level, with bounds around it', () => {
    const [{ origins }] = forecastOrigins(sumPairs(pairsOf(HONEST, { sessions: 40 })), ['1D']);
    const found = intervalCoverages(origins, 0.95);
    expect(found.map(({ level }) => level)).toEqual([0.5, 0.8, 0.9, 0.95]);
    for (const { level, share, interval } of found) {
      expect(Math.abs(share - level)).toBeLessThan(0.15);
      expect(interval.lower).toBeLessThan(share);
      expect(interval.upper).toBeGreaterThan(share);
    }
  });

  it('has the power that the binomial distribution gives it, where there is one symbol', () => {
    for (const n of [5, 12, 25]) {
      let exact = 0;
      let ways = 1;
      for (let misses = 0; misses <= n; misses++) {
        if (misses * Math.log(4.6) + (n - misses) * Math.log(0.6) >= Math.log(20)) {
          exact += ways * 0.41 ** misses * 0.59 ** (n - misses);
        }
        ways = (ways * (n - misses)) / (misses + 1);
      }
      expect(Math.abs(coveragePower(wrong, n) - exact)).toBeLessThan(0.06);
    }
  });

  it('needs fewer sessions with more symbols, and says when it takes too long', () => {
    const one = originsForPower(wrong, 0.8)!;
    const three = originsForPower({ ...wrong, symbols: 3 }, 0.8)!;
    expect(three).toBeLessThan(one);
    expect(coveragePower({ ...wrong, symbols: 3 }, three)).toBeGreaterThanOrEqual(0.8);
    expect(originsForPower({ ...wrong, actual: 0.89 }, 0.8)).toBeNull();
  });
});
