import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import {
  logMeanWealth,
  logWealths,
  valuesNeeded,
} from '../../../src/shared/rollout/comparison/bets-on-a-mean.ts';

describe('wagers on a mean', () => {
  it('multiply by one plus stake times value', () => {
    const values = [0.5, -0.2, 1.5].map((value) => ({ value, floor: -0.4 }));
    const wealths = logWealths(values, [1, 2]);
    expect(wealths[0]).toBeCloseTo(Math.log(1.5 * 0.8 * 2.5), 12);
    expect(wealths[1]).toBeCloseTo(Math.log(2 * 0.6 * 4), 12);
    expect(logMeanWealth(wealths)).toBeCloseTo(Math.log((1.5 * 0.8 * 2.5 + 2 * 0.6 * 4) / 2), 12);
  });

  it('never gain more than exp(stake times mean) on average, however low the floor', () => {
    // The worst case of a floor and a mean is a value that is either the floor or one other.
    for (const floor of [-0.01, -0.3, -2, -50]) {
      for (const mean of [0.9 * floor, 0.1 * floor, 0, 0.2]) {
        for (const high of [mean + 0.01, mean + 1, mean + 100]) {
          const chanceOfFloor = (high - mean) / (high - floor);
          for (const stake of [0.1, 0.5, 2, 30]) {
            const factor = (value: number) => Math.exp(logWealths([{ value, floor }], [stake])[0]);
            const expected = chanceOfFloor * factor(floor) + (1 - chanceOfFloor) * factor(high);
            expect(expected).toBeLessThanOrEqual(Math.exp(stake * mean) * (1 + 1e-12));
          }
        }
      }
    }
  });

  it('cannot be ruined by a value that keeps to its floor', () => {
    const wealths = logWealths([{ value: -100, floor: -100 }], [0.1, 5, 1000]);
    expect([...wealths].every(Number.isFinite)).toBe(true);
  });

  it('are rarely rich when the mean is 0 on average though not at every time', () => {
    // Good days and bad days take turns: no bet on a single day is fair, but their average is.
    const random = new SeededRandom(7);
    let rich = 0;
    for (let course = 0; course < 2000; course++) {
      const values = Array.from({ length: 60 }, (_, day) => {
        const mean = day % 20 < 10 ? -0.4 : 0.4;
        return { value: random.uniform() < (1 + mean) / 2 ? 1 : -1, floor: -1 };
      });
      let ever = false;
      for (let n = 20; n <= 60; n += 20) {
        ever ||= logMeanWealth(logWealths(values.slice(0, n), [0.1, 0.4, 0.8])) >= Math.log(20);
      }
      if (ever) rich++;
    }
    expect(rich / 2000).toBeLessThanOrEqual(0.05);
  });

  it('say how many more values like those so far are needed', () => {
    const wealths = logWealths(
      Array.from({ length: 4 }, () => ({ value: 0.2, floor: -1 })),
      [0.8],
    );
    // Each value gives ln(1.16), and ln(20) is 20.2 of them.
    expect(valuesNeeded(wealths, 4, Math.log(20))).toBe(17);
    expect(valuesNeeded(wealths, 4, 0.1)).toBe(0);
    expect(valuesNeeded(Float64Array.of(-0.1, 0), 4, Math.log(20))).toBeNull();
    expect(valuesNeeded(Float64Array.of(0, 0), 0, Math.log(20))).toBeNull();
    expect(valuesNeeded(Float64Array.of(1e-6), 1, Math.log(20))).toBeNull();
  });

  it('are no number where a value is none', () => {
    expect(logMeanWealth(logWealths([{ value: Number.NaN, floor: -1 }], [0.5])) >= 0).toBe(false);
  });
});
