import { describe, expect, it } from 'vitest';
import { hacMean, neweyWestLags, overlapLags } from '../../../src/shared/numerics/hac-mean.ts';
import { meanOf } from '../../../src/shared/numerics/mean.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

describe('lags for outcomes that overlap', () => {
  it('are those of Newey and West for one step, and never fewer', () => {
    for (const n of [2, 60, 250, 5000]) expect(overlapLags(n, 1)).toBe(Math.min(n - 1, neweyWestLags(n)));
    expect(overlapLags(50_000, 5)).toBe(neweyWestLags(50_000));
  });

  it('reach over twice the steps less one, as far as there are values', () => {
    expect(overlapLags(250, 20)).toBe(38);
    expect(overlapLags(30, 20)).toBe(29);
  });

  it('give overlapping sums a standard error near the true one, where as many lags as overlap give too little', () => {
    const steps = 20;
    const random = new SeededRandom(1);
    const means: number[] = [];
    const errors = { narrow: 0, wide: 0 };
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const values = Float64Array.from({ length: 1000 + steps }, () => random.normal());
      const sums = Float64Array.from({ length: 1000 }, (_, i) =>
        values.subarray(i, i + steps).reduce((sum, value) => sum + value, 0),
      );
      means.push(meanOf(sums));
      errors.narrow += hacMean(sums, steps - 1).standardError / runs;
      errors.wide += hacMean(sums, overlapLags(1000, steps)).standardError / runs;
    }
    const centre = meanOf(Float64Array.from(means));
    const truth = Math.sqrt(meanOf(Float64Array.from(means, (value) => (value - centre) * (value - centre))));
    expect(errors.narrow / truth).toBeLessThan(0.85);
    expect(errors.wide / truth).toBeGreaterThan(0.85);
    expect(errors.wide / truth).toBeLessThan(1.05);
  });
});
