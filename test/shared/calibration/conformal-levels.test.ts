import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConformalLevels } from '../../../src/shared/calibration/conformal-levels.ts';
import type { Json } from '../../../src/shared/json.ts';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { normalForecast } from '../ensemble/stand-in-members.ts';

const forecast = normalForecast(0.001, 0.02);

/** Shares of outcomes at most the quantile of each level, over `bars` normal outcomes. */
function sharesBelow(levels: ConformalLevels, deviation: number, bars: number, seed: number): number[] {
  const random = new SeededRandom(seed);
  const below = new Array<number>(199).fill(0);
  for (let t = 0; t < bars; t++) {
    const outcome = 0.001 + deviation * random.normal();
    const { quantiles } = levels.adapt(forecast);
    quantiles.forEach((quantile, i) => {
      if (outcome <= quantile) below[i] += 1 / bars;
    });
    levels.learn(forecast.quantiles, outcome);
  }
  return below;
}

describe('conformal levels', () => {
  it('read off the forecast as it is, before anything is learned', () => {
    const adapted = new ConformalLevels(0.001).adapt(forecast);
    adapted.quantiles.forEach((quantile, i) => {
      expect(quantile).toBeCloseTo(forecast.quantiles[i], 14);
    });
    expect(adapted.mean).toBeCloseTo(forecast.mean, 14);
    expect(adapted.scale).toBe(forecast.scale);
  });

  it('move by the step times the level less whether the outcome was below', () => {
    const levels = new ConformalLevels(0.001);
    levels.learn(forecast.quantiles, 1);
    expect(levels.levels[19]).toBeCloseTo(0.1 + 0.001 * 0.1, 14);
    levels.learn(forecast.quantiles, -1);
    expect(levels.levels[19]).toBeCloseTo(0.1 + 0.001 * 0.1 + 0.001 * (0.1 - 1), 14);
  });

  it.each([0.6, 1.5])('bring coverage to its level where outcomes are %d times as wide', (factor) => {
    const levels = new ConformalLevels(0.005);
    sharesBelow(levels, factor * 0.02, 3000, 1);
    const shares = sharesBelow(levels, factor * 0.02, 3000, 2);
    for (const i of [9, 19, 49, 99, 149, 179, 189]) {
      expect(Math.abs(shares[i] - QUANTILE_LEVELS[i])).toBeLessThan(0.015);
    }
  });

  it('hardly move where the forecast is right', () => {
    const levels = new ConformalLevels(0.001);
    sharesBelow(levels, 0.02, 1000, 3);
    levels.levels.forEach((level, i) => {
      expect(Math.abs(level - QUANTILE_LEVELS[i])).toBeLessThan(0.06);
    });
  });

  it('stay in order and between 0 and 1, and so do the quantiles, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { maxLength: 300 }),
        fc.constantFrom(0.001, 0.02, 0.1),
        (outcomes, step) => {
          const levels = new ConformalLevels(step);
          for (const outcome of outcomes) levels.learn(forecast.quantiles, outcome);
          const { quantiles } = levels.adapt(forecast);
          levels.levels.forEach((level, i) => {
            expect(level > 0 && level < 1).toBe(true);
            if (i > 0) {
              expect(level).toBeGreaterThanOrEqual(levels.levels[i - 1]);
              expect(quantiles[i]).toBeGreaterThanOrEqual(quantiles[i - 1]);
            }
            expect(Number.isFinite(quantiles[i])).toBe(true);
          });
        },
      ),
      { numRuns: 30, seed: 1 },
    );
  });

  it('go beyond the outermost quantile along a tail that halves over the distance from 1 to 0.5 %', () => {
    const outer = Array.from(QUANTILE_LEVELS);
    outer[0] = 0.0025;
    outer[198] = 0.9975;
    const { quantiles } = new ConformalLevels(0.001, outer).adapt(forecast);
    const q = forecast.quantiles;
    expect(quantiles[0]).toBeCloseTo(q[0] - (q[1] - q[0]), 12);
    expect(quantiles[198]).toBeCloseTo(q[198] + (q[198] - q[197]), 12);
  });

  it('go through JSON and on with the same bits', () => {
    const levels = new ConformalLevels(0.003);
    sharesBelow(levels, 0.05, 40, 4);
    const restored = ConformalLevels.from(JSON.parse(JSON.stringify(levels)) as Json);
    expect(restored.levels).toEqual(levels.levels);
    const copy = levels.copy();
    for (const other of [restored, copy]) other.learn(forecast.quantiles, 0.01);
    levels.learn(forecast.quantiles, 0.01);
    expect(restored.toJSON()).toEqual(levels.toJSON());
    expect(copy.toJSON()).toEqual(levels.toJSON());
  });

  it.each([0, 1, -0.1, Number.NaN])('refuse the step %d', (step) => {
    expect(() => new ConformalLevels(step)).toThrow(/step/);
  });

  it.each([[null], [7], ['AAAA']] as Json[][])('refuse %j as their state', (state) => {
    expect(() => ConformalLevels.from(state)).toThrow();
  });
});
