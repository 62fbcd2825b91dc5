import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { brierDecomposition, reliability } from '../../support/reliability.ts';

/** Probabilities, and events that come true `as` often as they say. */
function simulated(n: number, as: (probability: number) => number) {
  const random = new SeededRandom(7);
  const probabilities = Float64Array.from({ length: n }, () => random.uniform());
  const events = probabilities.map((probability) => (random.uniform() < as(probability) ? 1 : 0));
  return [probabilities, events] as const;
}

describe('reliability', () => {
  it('puts forecasts into bins with their mean probability and the share that came true', () => {
    const bins = reliability(
      Float64Array.of(0.1, 0.2, 0.5, 0.9, 1),
      Float64Array.of(0, 1, 1, 1, 0),
      [0, 0.5, 0.8, 1],
    );
    expect(bins).toEqual([
      {
        from: 0,
        to: 0.5,
        n: 2,
        expected: expect.closeTo(0.15, 15),
        observed: 0.5,
        standardError: expect.closeTo(Math.sqrt((0.15 * 0.85) / 2), 15),
      },
      { from: 0.5, to: 0.8, n: 1, expected: 0.5, observed: 1, standardError: 0.5 },
      {
        from: 0.8,
        to: 1,
        n: 2,
        expected: 0.95,
        observed: 0.5,
        standardError: expect.closeTo(Math.sqrt((0.95 * 0.05) / 2), 15),
      },
    ]);
  });

  it('finds calibrated probabilities within their standard error, and others not', () => {
    for (const bin of reliability(...simulated(20_000, (p) => p))) {
      expect(Math.abs(bin.observed - bin.expected)).toBeLessThan(3.5 * bin.standardError);
    }
    const bold = reliability(...simulated(20_000, (p) => 0.5 + 0.5 * (p - 0.5)));
    expect(Math.abs(bold[0].observed - bold[0].expected)).toBeGreaterThan(10 * bold[0].standardError);
  });

  it('refuses a probability that no bin holds, and lengths that differ', () => {
    expect(() => reliability(Float64Array.of(0.4), Float64Array.of(1), [0.5, 1])).toThrow(
      /0.4 lies outside 0.5 to 1/,
    );
    expect(() => reliability(Float64Array.of(Number.NaN), Float64Array.of(1))).toThrow(RangeError);
    expect(() => reliability(Float64Array.of(0.4), Float64Array.of(1, 0))).toThrow(RangeError);
  });
});

describe('brierDecomposition', () => {
  it.each([
    ['calibrated', (p: number) => p],
    ['bold', (p: number) => 0.5 + 0.5 * (p - 0.5)],
    ['wrong', (p: number) => 1 - p],
  ])('adds up to the mean squared difference: %s', (_name, as) => {
    const [probabilities, events] = simulated(2000, as);
    const parts = brierDecomposition(probabilities, events);
    const score = probabilities.reduce((sum, p, i) => sum + (p - events[i]) ** 2, 0) / 2000;
    expect(parts.score).toBeCloseTo(score, 12);
    expect(parts.reliability - parts.resolution + parts.uncertainty + parts.withinBins).toBeCloseTo(
      score,
      12,
    );
  });

  it('of probabilities that are the same in each bin has nothing within bins', () => {
    const parts = brierDecomposition(Float64Array.of(0.25, 0.25, 0.75, 0.75), Float64Array.of(0, 1, 1, 1));
    // Murphy 1973 by hand: shares 0.5 and 1 of all 0.75.
    expect(parts).toEqual({
      score: 0.1875,
      reliability: 0.0625,
      resolution: 0.0625,
      uncertainty: 0.1875,
      withinBins: 0,
    });
  });
});
