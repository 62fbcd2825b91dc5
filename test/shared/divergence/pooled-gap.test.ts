import { describe, expect, it } from 'vitest';
import { gapTest } from '../../../src/shared/divergence/gap-test.ts';
import { blockBars, type PartPair, pooledGap, RESAMPLES } from '../../../src/shared/divergence/pooled-gap.ts';
import { drawBlocks } from '../../../src/shared/numerics/block-bootstrap.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

/** Windows of 250 bars a part at step 250: one's later part is the next one's earlier part. */
function windows(
  seed: number,
  count: number,
  earlierMean: number,
  laterMean: number,
  spread = 1,
): PartPair[] {
  const random = new SeededRandom(seed);
  const part = (firstBar: number, mean: number) => ({
    firstBar,
    differences: Float64Array.from({ length: 250 }, () => mean + spread * random.normal()),
  });
  return Array.from({ length: count }, (_, w) => ({
    earlier: part(1000 + 250 * w, earlierMean),
    later: part(1250 + 250 * w, laterMean),
  }));
}

const mean = (values: readonly number[] | Float64Array) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** By a map from bar to contribution and a resample of bars, one by one. */
function slowTwin(pairs: readonly PartPair[], seed: number): { gap: number; pValue: number } {
  const byBar = new Map<number, number>();
  for (const { earlier, later } of pairs) {
    for (const [sign, { firstBar, differences }] of [
      [-1, earlier],
      [1, later],
    ] as const) {
      differences.forEach((value, i) => {
        const before = byBar.get(firstBar + i) ?? 0;
        byBar.set(firstBar + i, before + (sign * value) / differences.length / pairs.length);
      });
    }
  }
  const first = Math.min(...byBar.keys());
  const values = Array.from(
    { length: Math.max(...byBar.keys()) - first + 1 },
    (_, i) => byBar.get(first + i) ?? 0,
  );
  const gap = values.reduce((sum, value) => sum + value, 0);
  const random = new SeededRandom(seed);
  let asLarge = 1;
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const bars = drawBlocks(values.length, blockBars(values.length), 'moving_block', random);
    if (bars.reduce((sum, bar) => sum + values[bar], 0) - gap >= gap) asLarge++;
  }
  return { gap, pValue: asLarge / (RESAMPLES + 1) };
}

describe('the pooled gap', () => {
  it.each([1, 2, 3])('agrees with its definition (%d)', (seed) => {
    const pairs = windows(seed, 3, 0, 0.05);
    const found = pooledGap(pairs, 0.02, seed);
    const slow = slowTwin(pairs, seed);
    expect(found.gap).toBeCloseTo(slow.gap, 12);
    expect(found.pValue).toBeCloseTo(slow.pValue, 2);
    expect(found.floor).toBe(0.02);
  });

  it("is the mean of the windows' gaps", () => {
    const pairs = windows(4, 5, -0.1, 0.2);
    const gaps = pairs.map(({ earlier, later }) => mean(later.differences) - mean(earlier.differences));
    const found = pooledGap(pairs, 0, 1);
    expect(found.gap).toBeCloseTo(mean(gaps), 12);
    expect(found.laterMean - found.earlierMean).toBeCloseTo(mean(gaps), 12);
  });

  it('is significant for chance about as often as it says', () => {
    let significant = 0;
    for (let seed = 0; seed < 300; seed++) {
      if (pooledGap(windows(seed, 8, 0, 0), 0, seed).pValue < 0.05) significant++;
    }
    // 15 expected; a standard deviation is 4.
    expect(significant).toBeLessThan(32);
    expect(significant).toBeGreaterThan(3);
  });

  it.each([
    [16 * 63, 63],
    [16 * 63 - 1, 62],
    [250, 15],
    [10, 1],
  ])('draws from %i bars blocks of %i', (bars, block) => {
    expect(blockBars(bars)).toBe(block);
  });

  it('of two short windows, which make few blocks, is not significant more often than it says', () => {
    let significant = 0;
    for (let seed = 0; seed < 400; seed++) {
      const pairs = windows(seed, 2, 0, 0).map(({ earlier, later }, w) => ({
        earlier: { firstBar: 125 * w, differences: earlier.differences.subarray(0, 125) },
        later: { firstBar: 125 * w + 125, differences: later.differences.subarray(0, 125) },
      }));
      if (pooledGap(pairs, 0, seed).pValue < 0.05 / 3) significant++;
    }
    // 7 expected; a standard deviation is 2.6.
    expect(significant).toBeLessThan(15);
  });

  it('of one window is what that window finds by itself', () => {
    const [{ earlier, later }] = windows(8, 1, 0, 0.1);
    expect(pooledGap([{ earlier, later }], 0.02, 1)).toEqual(
      gapTest(earlier.differences, later.differences, 0.02),
    );
  });

  it('finds in eight windows what no single one shows', () => {
    const pairs = windows(5, 8, -0.05, 0.05);
    expect(pooledGap(pairs, 0.02, 1).pValue).toBeLessThan(0.01);
    expect(pooledGap(windows(5, 8, 0.05, -0.05), 0.02, 1).pValue).toBeGreaterThan(0.9);
  });

  it('compares a bar that is in two windows with itself', () => {
    // What all windows say of a bar is the same, and moves a lot from bar to bar.
    const random = new SeededRandom(6);
    const bars = Float64Array.from({ length: 3000 }, () => 10 * random.normal());
    const part = (firstBar: number, shift: number) => ({
      firstBar,
      differences: bars.slice(firstBar, firstBar + 250).map((value) => value + shift),
    });
    const pairs = Array.from({ length: 10 }, (_, w) => ({
      earlier: part(250 * w, 0),
      later: part(250 * w + 250, 0.05),
    }));
    // Only the first and the last part are not in both places.
    const found = pooledGap(pairs, 0, 1);
    expect(found.standardError).toBeLessThan(0.15);
    const apart = pairs.map(({ earlier, later }, w) => ({
      earlier: { ...earlier, firstBar: 1000 * w },
      later: { ...later, firstBar: 1000 * w + 250 },
    }));
    expect(pooledGap(apart, 0, 1).standardError).toBeGreaterThan(2 * found.standardError);
  });

  it('of the benchmark itself is none', () => {
    const found = pooledGap(windows(7, 3, 0, 0, 0), 0, 1);
    expect(found).toMatchObject({ gap: 0, pValue: 1, standardError: 0 });
  });
});
