import { describe, expect, it } from 'vitest';
import {
  binFeatures,
  learnBinThresholds,
  MAXIMUM_BINS,
  MISSING_BIN,
} from '../../../../src/shared/models/gradient-boosting/feature-binning.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const learn = (values: readonly number[], maximumBins?: number) => {
  const column = Float32Array.from(values);
  const [thresholds] = learnBinThresholds([column], { from: 0, to: column.length }, maximumBins);
  return { thresholds: [...thresholds], bins: [...binFeatures([column], [thresholds])] };
};

describe('binning', () => {
  it('gives every value its own bin where there are few, with thresholds half-way', () => {
    expect(learn([3, 1, 2, 1, 3])).toEqual({ thresholds: [1.5, 2.5], bins: [2, 0, 1, 0, 2] });
  });

  it('gives a constant one bin', () => {
    expect(learn([7, 7, 7])).toEqual({ thresholds: [], bins: [0, 0, 0] });
  });

  it('gives missing values their own bin, and learns nothing from them', () => {
    expect(learn([Number.NaN, 1, 2, Number.NaN])).toEqual({
      thresholds: [1.5],
      bins: [MISSING_BIN, 0, 1, MISSING_BIN],
    });
    expect(learn([Number.NaN, Number.NaN])).toEqual({ thresholds: [], bins: [MISSING_BIN, MISSING_BIN] });
  });

  it('never parts equal values, and is not led astray by a run of them', () => {
    const values = [...new Array<number>(500).fill(0), ...Array.from({ length: 200 }, (_, i) => 1 + i)];
    const { thresholds, bins } = learn(values);
    expect(new Set(bins.slice(0, 500))).toEqual(new Set([0]));
    expect(thresholds.length).toBeLessThan(MAXIMUM_BINS);
    expect(thresholds[0]).toBe(0.5);
    expect(new Set(bins).size).toBe(thresholds.length + 1);
  });

  it('makes bins of about equally many rows of many values', () => {
    const random = new SeededRandom(3);
    const { thresholds, bins } = learn(Array.from({ length: 1000 }, () => random.normal()));
    expect(thresholds).toHaveLength(MAXIMUM_BINS - 1);
    const counts = Array.from({ length: MAXIMUM_BINS }, (_, bin) => bins.filter((b) => b === bin).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...counts)).toBeLessThanOrEqual(16);
  });

  it('keeps neighbouring floats apart', () => {
    const above = Math.fround(1 + 2 ** -23);
    expect(learn([1, above]).bins).toEqual([0, 1]);
  });

  it('puts a value on a threshold, and values beyond those learned, where comparisons put them', () => {
    const [thresholds] = learnBinThresholds([Float32Array.of(1, 2, 3)], { from: 0, to: 3 });
    expect([...binFeatures([Float32Array.of(1.5, 2.5, -9, 9)], [thresholds])]).toEqual([1, 2, 0, 2]);
  });

  it('learns from the rows it is given only', () => {
    const column = Float32Array.of(1, 2, 100, 200);
    expect([...learnBinThresholds([column], { from: 0, to: 2 })[0]]).toEqual([1.5]);
  });

  it('writes bins row by row', () => {
    const columns = [Float32Array.of(1, 2), Float32Array.of(5, 4)];
    expect([...binFeatures(columns, learnBinThresholds(columns, { from: 0, to: 2 }))]).toEqual([0, 1, 1, 0]);
  });
});
