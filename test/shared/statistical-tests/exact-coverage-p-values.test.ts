import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import {
  christoffersenConditionalCoverageTest,
  christoffersenIndependenceTest,
} from '../../../src/shared/statistical-tests/conditional-coverage.ts';
import { exactCoveragePValues } from '../../../src/shared/statistical-tests/exact-coverage-p-values.ts';
import { kupiecTest } from '../../../src/shared/statistical-tests/unconditional-coverage.ts';

const BARS = 9;
const PROBABILITY = 0.3;
/** Every sequence of nine bars, with its chance and its statistics. */
const sequences = Array.from({ length: 2 ** BARS }, (_, bits) => {
  const hits = Array.from({ length: BARS }, (_, t) => (bits >> t) & 1);
  const count = hits.reduce((sum, hit) => sum + hit, 0);
  return {
    ...{ hits, count, chance: PROBABILITY ** count * (1 - PROBABILITY) ** (BARS - count) },
    kupiec: kupiecTest(hits, PROBABILITY).statistic,
    independence: christoffersenIndependenceTest(hits).statistic,
  };
});
type Sequence = (typeof sequences)[number];

/** The chance of sequences whose statistic is not below this one's, among some. */
function chanceOf(
  one: Sequence,
  statistic: (other: Sequence) => number,
  among: (other: Sequence) => boolean,
) {
  const others = sequences.filter(among);
  const chance = (some: readonly Sequence[]) => some.reduce((sum, other) => sum + other.chance, 0);
  return chance(others.filter((other) => statistic(other) >= statistic(one) - 1e-9)) / chance(others);
}

const independentHits = (seed: number, bars: number, probability: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: bars }, () => (random.uniform() < probability ? 1 : 0));
};

describe('exact p values of coverage', () => {
  it('are the shares of all sequences of nine bars, weighed by their chance', () => {
    for (const one of sequences) {
      const found = exactCoveragePValues(one.hits, PROBABILITY);
      const everything = () => true;
      expect(found.unconditional).toBeCloseTo(
        chanceOf(one, ({ kupiec }) => kupiec, everything),
        12,
      );
      expect(found.independence).toBeCloseTo(
        chanceOf(
          one,
          ({ independence }) => independence,
          ({ count }) => count === one.count,
        ),
        12,
      );
      expect(found.conditional).toBeCloseTo(
        chanceOf(one, ({ kupiec, independence }) => kupiec + independence, everything),
        12,
      );
    }
  });

  it('come near the chi-square ones for many hits', () => {
    const hits = independentHits(3, 20_000, 0.2);
    const found = exactCoveragePValues(hits, 0.2);
    expect(Math.abs(found.unconditional - kupiecTest(hits, 0.2).pValue)).toBeLessThan(0.01);
    expect(Math.abs(found.independence - christoffersenIndependenceTest(hits).pValue)).toBeLessThan(0.02);
    expect(
      Math.abs(found.conditional - christoffersenConditionalCoverageTest(hits, 0.2).pValue),
    ).toBeLessThan(0.01);
  });

  it('are at most 0.05 in at most 5 % of the cases, where those of chi-square are in more', () => {
    let [exact, chiSquare] = [0, 0];
    for (let seed = 0; seed < 1000; seed++) {
      const hits = independentHits(seed, 250, 0.1);
      if (exactCoveragePValues(hits, 0.1).independence <= 0.05) exact++;
      if (christoffersenIndependenceTest(hits).pValue <= 0.05) chiSquare++;
    }
    expect(exact).toBeLessThan(50);
    expect(chiSquare).toBeGreaterThan(60);
  });

  it('are small where hits are too many, and where they cluster', () => {
    const many = exactCoveragePValues(independentHits(4, 500, 0.18), 0.1);
    expect(many.unconditional).toBeLessThan(1e-4);
    expect(many.independence).toBeGreaterThan(0.05);
    const clustered = exactCoveragePValues(
      Float64Array.from({ length: 500 }, (_, t) => (t % 100 < 10 ? 1 : 0)),
      0.1,
    );
    expect(clustered.unconditional).toBe(1);
    expect(clustered.independence).toBeLessThan(1e-20);
    expect(clustered.conditional).toBeLessThan(1e-20);
  });

  it('are above 0 however unlikely what was observed is', () => {
    const found = exactCoveragePValues(
      Float64Array.from({ length: 500 }, (_, t) => (t < 250 ? 1 : 0)),
      0.1,
    );
    for (const p of Object.values(found)) {
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThan(1e-80);
    }
  });

  it('are 1 where nothing can be compared', () => {
    expect(exactCoveragePValues(new Float64Array(50), 0.1).independence).toBe(1);
    expect(exactCoveragePValues([1, 1], 0.5)).toMatchObject({ independence: 1 });
  });

  it('refuse what is no sequence of hits, and no probability', () => {
    expect(() => exactCoveragePValues([0, 0.5], 0.1)).toThrow(/0 or 1, not 0.5/);
    expect(() => exactCoveragePValues([1], 0.1)).toThrow(RangeError);
    expect(() => exactCoveragePValues([1, 0], 1)).toThrow(RangeError);
  });
});
