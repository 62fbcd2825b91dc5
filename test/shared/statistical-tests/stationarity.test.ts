import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { augmentedDickeyFuller } from '../../../src/shared/statistical-tests/augmented-dickey-fuller.ts';
import { kpss } from '../../../src/shared/statistical-tests/kpss.ts';
import { stationarityTests } from '../../../src/shared/statistical-tests/stationarity.ts';

const random = new SeededRandom(21);
const noise = Float64Array.from({ length: 1000 }, () => random.normal());
let level = 0;
const walk = noise.map((step) => {
  level += step;
  return level;
});
const aroundTrend = noise.map((value, t) => 0.05 * t + value);

describe('tests of stationarity', () => {
  it('tell noise from a random walk', () => {
    const ofNoise = stationarityTests(noise, 'level');
    expect(ofNoise.augmentedDickeyFuller!.pValue).toBeLessThan(1e-6);
    expect(ofNoise.kpss!.pValue).toBe(0.1);
    for (const around of ['level', 'trend'] as const) {
      const ofWalk = stationarityTests(walk, around);
      expect(ofWalk.augmentedDickeyFuller!.pValue).toBeGreaterThan(0.1);
      expect(ofWalk.kpss!.pValue).toBe(0.01);
    }
  });

  it('take a trend for stationary only when it is asked for', () => {
    expect(stationarityTests(aroundTrend, 'trend').kpss!.pValue).toBeGreaterThan(0.05);
    expect(stationarityTests(aroundTrend, 'level').kpss!.pValue).toBe(0.01);
    expect(stationarityTests(aroundTrend, 'trend')).toEqual({
      augmentedDickeyFuller: augmentedDickeyFuller(aroundTrend, { regression: 'trend' }),
      kpss: kpss(aroundTrend, { null: 'trend' }),
    });
  });

  it('say nothing of values that are all the same', () => {
    expect(stationarityTests(new Float64Array(100).fill(0.5), 'level')).toEqual({
      augmentedDickeyFuller: null,
      kpss: null,
    });
  });
});
