import { describe, expect, it } from 'vitest';
import { distributionFromResiduals, ResidualPool } from '../../../src/shared/models/empirical-residuals.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

describe('the distribution from residuals', () => {
  it('interpolates between order statistics as quantile type 7', () => {
    // R: quantile(c(-2, 0, 1, 5), c(0.005, 0.25, 0.5, 0.995), type = 7)
    const { quantiles, mean, scale } = distributionFromResiduals(0, 1, Float64Array.of(-2, 0, 1, 5));
    expect(quantiles).toHaveLength(199);
    expect(quantiles[0]).toBeCloseTo(-1.97, 12);
    expect(quantiles[49]).toBeCloseTo(-0.5, 12);
    expect(quantiles[99]).toBeCloseTo(0.5, 12);
    expect(quantiles[198]).toBeCloseTo(4.94, 12);
    expect({ mean, scale }).toEqual({ mean: 0, scale: 1 });
  });

  it('is shifted by the mean and stretched by the scale', () => {
    const z = Float64Array.of(-1, 0, 2);
    const plain = distributionFromResiduals(0, 1, z).quantiles;
    distributionFromResiduals(0.01, 0.02, z).quantiles.forEach((quantile, i) => {
      expect(quantile).toBeCloseTo(0.01 + 0.02 * plain[i], 15);
    });
  });

  it('holds for a single residual', () => {
    expect(
      distributionFromResiduals(1, 2, Float64Array.of(3)).quantiles.every((quantile) => quantile === 7),
    ).toBe(true);
  });

  it.each([
    [Number.NaN, 1],
    [0, 0],
    [0, -1],
    [0, Number.POSITIVE_INFINITY],
  ])('refuses mean %s and scale %s', (mean, scale) => {
    expect(() => distributionFromResiduals(mean, scale, Float64Array.of(0))).toThrow(
      expect.objectContaining({ code: 'not_finite' }),
    );
  });

  it('refuses an empty pool', () => {
    expect(() => distributionFromResiduals(0, 1, new Float64Array())).toThrow(
      expect.objectContaining({ code: 'too_few_bars' }),
    );
  });
});

describe('ResidualPool', () => {
  it('holds the last values in order, as sorting them anew would', () => {
    const random = new SeededRandom(5);
    const pool = new ResidualPool(20);
    const all: number[] = [];
    for (let i = 0; i < 200; i++) {
      // Rounded, so that equal values and both zeros occur.
      const value = Math.round(3 * random.normal());
      pool.push(value);
      all.push(value + 0);
      expect(pool.sorted()).toEqual(Float64Array.from(all.slice(-20)).sort());
    }
    expect(pool.size).toBe(20);
  });

  it('takes the last of its initial values and forgets the oldest first', () => {
    const pool = new ResidualPool(3, [9, 1, 2, 3]);
    expect([...pool.sorted()]).toEqual([1, 2, 3]);
    pool.push(0);
    expect([...pool.sorted()]).toEqual([0, 2, 3]);
  });

  it('copied, goes its own way', () => {
    const pool = new ResidualPool(3, [3, 1, 2]);
    const copy = pool.copy();
    copy.push(9);
    expect([...pool.sorted()]).toEqual([1, 2, 3]);
    expect([...copy.sorted()]).toEqual([1, 2, 9]);
    expect(copy.toJSON().capacity).toBe(3);
  });

  it('goes to JSON and back, full or not, and goes on the same', () => {
    for (const count of [2, 5, 8]) {
      const pool = new ResidualPool(5);
      for (let i = 0; i < count; i++) pool.push(Math.sin(i));
      const back = ResidualPool.from(JSON.parse(JSON.stringify(pool)));
      expect(back.sorted()).toEqual(pool.sorted());
      for (const value of [0.3, -0.2, 0.1]) {
        pool.push(value);
        back.push(value);
        expect(back.sorted()).toEqual(pool.sorted());
      }
      expect(back.toJSON()).toEqual(pool.toJSON());
    }
  });

  it('refuses what is no residual and what is no pool', () => {
    expect(() => new ResidualPool().push(Number.NaN)).toThrow(
      expect.objectContaining({ code: 'not_finite' }),
    );
    for (const json of [null, {}, { capacity: 3, residuals: 'AAAA' }, { capacity: -1, residuals: '' }]) {
      expect(() => ResidualPool.from(json)).toThrow(expect.objectContaining({ code: 'invalid_artifact' }));
    }
    expect(() => new ResidualPool(0)).toThrow(RangeError);
  });
});
