import { describe, expect, it } from 'vitest';
import { fitOptimism } from '../../../src/shared/divergence/fit-optimism.ts';
import { gapTest } from '../../../src/shared/divergence/gap-test.ts';
import { selectionGap } from '../../../src/shared/divergence/selection-gap.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

function normals(random: SeededRandom, n: number, mean = 0): Float64Array {
  return Float64Array.from({ length: n }, () => mean + random.normal());
}

/** The Newey-West variance of a mean, as the double sum it stands for. */
function slowVariance(values: Float64Array, lags: number): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let sum = 0;
  for (let s = 0; s < n; s++) {
    for (let t = 0; t < n; t++) {
      const lag = Math.abs(s - t);
      if (lag <= lags) sum += (1 - lag / (lags + 1)) * (values[s] - mean) * (values[t] - mean);
    }
  }
  return sum / n / n;
}

describe('the gap test', () => {
  it('agrees with its definition', () => {
    const random = new SeededRandom(1);
    const earlier = normals(random, 250);
    const later = normals(random, 100, 0.1);
    const found = gapTest(earlier, later, 0.02);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(found.gap).toBeCloseTo(mean(later) - mean(earlier), 12);
    // 4 (250 / 100)^(2/9) = 4.9 and 4 (100 / 100)^(2/9) = 4 lags
    expect(found.standardError).toBeCloseTo(Math.sqrt(slowVariance(earlier, 4) + slowVariance(later, 4)), 12);
    expect(found.floor).toBe(0.02);
  });

  it('uses lags over twice the bars that outcomes overlap', () => {
    const random = new SeededRandom(2);
    const earlier = normals(random, 250);
    const later = normals(random, 250);
    const found = gapTest(earlier, later, 0, 20);
    expect(found.standardError).toBeCloseTo(
      Math.sqrt(slowVariance(earlier, 38) + slowVariance(later, 38)),
      12,
    );
  });

  it('is significant for chance as often as it says, and no more', () => {
    const random = new SeededRandom(3);
    let significant = 0;
    for (let trial = 0; trial < 1000; trial++) {
      if (gapTest(normals(random, 250), normals(random, 250), 0).pValue < 0.05) significant++;
    }
    // 50 expected; Newey and West are known to be a little liberal. A standard deviation of this count is 7.
    expect(significant).toBeGreaterThan(30);
    expect(significant).toBeLessThan(80);
  });

  it('is one-sided: a standing that improves is never significant', () => {
    const random = new SeededRandom(4);
    expect(gapTest(normals(random, 250, 1), normals(random, 250, 0), 0).pValue).toBeGreaterThan(0.999);
    expect(gapTest(normals(random, 250, 0), normals(random, 250, 1), 0).pValue).toBeLessThan(1e-9);
  });

  it('is certain without variation: the benchmark itself has no gap', () => {
    const zeros = new Float64Array(100);
    expect(gapTest(zeros, zeros, 0).pValue).toBe(1);
    expect(
      gapTest(
        zeros,
        zeros.map(() => 0.1),
        0,
      ).pValue,
    ).toBe(0);
  });

  it('is what selection gap and fit optimism are made of', () => {
    const random = new SeededRandom(5);
    const earlier = normals(random, 250);
    const later = normals(random, 250);
    expect(selectionGap(earlier, later, 0.02)).toEqual(gapTest(earlier, later, 0.02));
    expect(fitOptimism(earlier, later, 0.05)).toEqual(gapTest(earlier, later, 0.05));
  });
});
