import { describe, expect, it } from 'vitest';
import type { ForecastPair } from '../../../src/shared/rollout/comparison/compared-pair.ts';
import { COMPARED_RATIOS, floorAt } from '../../../src/shared/rollout/comparison/compared-ratios.ts';
import { crpsRatio } from '../../../src/shared/rollout/comparison/crps-ratio.ts';
import { forecastOrigins } from '../../../src/shared/rollout/comparison/forecast-origins.ts';
import { rmseRatio } from '../../../src/shared/rollout/comparison/rmse-ratio.ts';
import { sumPairs } from '../../../src/shared/rollout/comparison/sum-pairs.ts';
import { pairsOf } from './simulated-evidence.ts';

const WILD = { scale: 1.2, scaleNoise: 0.5, meanError: 0.7 };
const SYMBOLS = 4;
const pairs = pairsOf(WILD, { sessions: 5, symbols: SYMBOLS, seed: 29 });
const originsOf = (of: readonly ForecastPair[]) => forecastOrigins(sumPairs(of), ['1D'])[0].origins;

describe('sums over pairs', () => {
  it.each([
    ['crps', crpsRatio],
    ['rmse', rmseRatio],
  ] as const)('%s: give what the pairs give one by one', (_, make) => {
    const summed = make(originsOf(pairs), COMPARED_RATIOS);
    for (const direction of ['below', 'above'] as const) {
      for (const ratio of [...COMPARED_RATIOS, 0.6, 0.97, 1.02, 1.3]) {
        const { values } = summed[direction](ratio);
        values.forEach(({ value, floor }, session) => {
          const alone = pairs
            .slice(SYMBOLS * session, SYMBOLS * (session + 1))
            .map((pair) => make(originsOf([pair]), COMPARED_RATIOS)[direction](ratio).values[0]);
          const mean = (of: (one: (typeof alone)[number]) => number) =>
            alone.reduce((sum, one) => sum + of(one) / SYMBOLS, 0);
          expect(value).toBeCloseTo(
            mean((one) => one.value),
            12,
          );
          expect(floor).toBeCloseTo(
            mean((one) => one.floor),
            12,
          );
        });
      }
    }
  });

  it('between the ratios that they hold, have a floor below which nothing comes', () => {
    for (const make of [crpsRatio, rmseRatio]) {
      for (const ratio of [0.6, 0.85, 1.07, 1.17]) {
        for (const direction of ['below', 'above'] as const) {
          const known = make(originsOf(pairs), COMPARED_RATIOS)[direction](ratio).values;
          for (const shift of [-3, -1, -0.5, -0.2, 0, 0.2, 0.5, 1, 3]) {
            const moved = pairs.map((pair) => {
              const scale = (pair.baseline.quantiles[167] - pair.baseline.quantiles[31]) / 2;
              return { ...pair, realised_return: pair.baseline.mean + shift * scale };
            });
            const { values } = make(originsOf(moved), COMPARED_RATIOS)[direction](ratio);
            values.forEach(({ value }, i) => {
              expect(value).toBeGreaterThanOrEqual(known[i].floor - 1e-12);
            });
          }
        }
      }
    }
  });

  it('interpolate between two ratios, and know nothing beyond the outermost', () => {
    const square = (r: number) => r * r;
    expect(floorAt(1, [1, 2], [-3, -9], square)).toBe(-3);
    expect(floorAt(2, [1, 2], [-3, -9], square)).toBe(-9);
    expect(floorAt(Math.sqrt(2), [1, 2], [-3, -9], square)).toBeCloseTo(-5, 12);
    expect(floorAt(0.5, [1, 2], [-3, -9], square)).toBe(-Infinity);
    expect(floorAt(3, [1, 2], [-3, -9], square)).toBe(-Infinity);
  });
});
