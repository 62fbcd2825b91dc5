import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import {
  christoffersenConditionalCoverageTest,
  christoffersenIndependenceTest,
} from '../../../src/shared/statistical-tests/conditional-coverage.ts';
import { likelihoodRatioTest } from '../../../src/shared/statistical-tests/likelihood-ratio-test.ts';
import { kupiecTest } from '../../../src/shared/statistical-tests/unconditional-coverage.ts';

const hitsOf = (count: number, bars: number) => new Float64Array(bars).fill(1, 0, count);
const independentHits = (seed: number, bars: number, probability: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: bars }, () => (random.uniform() < probability ? 1 : 0));
};

describe('likelihood ratio tests', () => {
  // R 4.2.2: pchisq(x, df, lower.tail = FALSE)
  it.each([
    [3.841458820694124, 1, 0.05],
    [0, 1, 1],
    [80, 1, 3.7440973842029e-19],
    [5.991464547107979, 2, 0.05],
    [80, 2, 4.24835425529159e-18],
  ] as const)('statistic %f on %i degrees of freedom has p %f', (statistic, degrees, p) => {
    expect(likelihoodRatioTest(statistic, degrees).pValue / p).toBeCloseTo(1, 10);
  });
});

describe("Kupiec's test", () => {
  // R 4.2.2: the x for which 2 * (dbinom(x, n, x / n, log = TRUE) - dbinom(x, n, p, log = TRUE)) < qchisq(0.95, 1)
  it.each([
    [0.05, 255, 7, 20],
    [0.05, 510, 17, 35],
    [0.05, 1000, 38, 64],
    [0.025, 1000, 16, 35],
    [0.01, 1000, 5, 16],
  ])('rejects where R does: %f in %i bars keeps %i to %i', (probability, bars, lowest, highest) => {
    for (let count = 0; count <= 3 * highest; count++) {
      const kept = kupiecTest(hitsOf(count, bars), probability).pValue > 0.05;
      expect({ count, kept }).toEqual({ count, kept: count >= lowest && count <= highest });
    }
  });

  // R 4.2.2: 2 * (dbinom(x, n, x / n, log = TRUE) - dbinom(x, n, p, log = TRUE))
  it.each([
    [0, 255, 0.01, 5.12567128528574],
    [12, 250, 0.05, 0.0213240251805837],
    [31, 250, 0.1, 1.49834703034196],
    [250, 250, 0.1, 1151.29254649702],
  ])('%i hits in %i bars at %f have the statistic of R', (count, bars, probability, statistic) => {
    const test = kupiecTest(hitsOf(count, bars), probability);
    expect(test.statistic).toBeCloseTo(statistic, 8);
    expect(test.share).toBe(count / bars);
    expect(test.degreesOfFreedom).toBe(1);
  });

  it('does not mind whether hits or misses are counted', () => {
    const hits = independentHits(1, 400, 0.12);
    const inside = hits.map((hit) => 1 - hit);
    expect(kupiecTest(hits, 0.1).statistic).toBeCloseTo(kupiecTest(inside, 0.9).statistic, 10);
  });

  it('refuses what is no sequence of hits', () => {
    expect(() => kupiecTest([0, 0.5], 0.1)).toThrow(/0 or 1, not 0.5/);
    expect(() => kupiecTest([], 0.1)).toThrow(RangeError);
    expect(() => kupiecTest([0, 1], 0)).toThrow(RangeError);
  });
});

describe("Christoffersen's tests", () => {
  it('are the likelihood ratio of the two chains, written out', () => {
    const hits = [0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0];
    // From a miss: 7 to a miss, 4 to a hit; from a hit: 4 to a miss, 4 to a hit.
    const chain = 7 * Math.log(7 / 11) + 4 * Math.log(4 / 11) + 8 * Math.log(1 / 2);
    const independent = 11 * Math.log(11 / 19) + 8 * Math.log(8 / 19);
    const test = christoffersenIndependenceTest(hits);
    expect(test.statistic).toBeCloseTo(2 * (chain - independent), 12);
    expect(test.shareAfterMiss).toBeCloseTo(4 / 11, 14);
    expect(test.shareAfterHit).toBe(0.5);
    const both = christoffersenConditionalCoverageTest(hits, 0.2);
    expect(both.statistic).toBeCloseTo(test.statistic + kupiecTest(hits, 0.2).statistic, 12);
    expect(both.pValue).toBeCloseTo(Math.exp(-both.statistic / 2), 14);
  });

  it('reject about as often as they say when hits are independent, and always when they cluster', () => {
    let rejected = 0;
    for (let seed = 0; seed < 400; seed++) {
      if (christoffersenConditionalCoverageTest(independentHits(seed, 1000, 0.1), 0.1).pValue < 0.05)
        rejected++;
    }
    expect(rejected / 400).toBeGreaterThan(0.02);
    expect(rejected / 400).toBeLessThan(0.09);

    const clustered = Float64Array.from({ length: 1000 }, (_, t) => (t % 100 < 10 ? 1 : 0));
    expect(kupiecTest(clustered, 0.1).pValue).toBe(1);
    expect(christoffersenIndependenceTest(clustered).pValue).toBeLessThan(1e-20);
    expect(christoffersenConditionalCoverageTest(clustered, 0.1).pValue).toBeLessThan(1e-20);
  });

  it('have nothing to compare when there is only one kind of bar', () => {
    expect(christoffersenIndependenceTest(new Float64Array(50))).toMatchObject({
      statistic: 0,
      pValue: 1,
      shareAfterMiss: 0,
      shareAfterHit: null,
    });
    const lastOnly = new Float64Array(50).fill(1, 49);
    expect(christoffersenIndependenceTest(lastOnly)).toMatchObject({ statistic: 0, shareAfterHit: null });
    expect(() => christoffersenIndependenceTest([1])).toThrow(RangeError);
  });
});
