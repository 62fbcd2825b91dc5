import { describe, expect, it } from 'vitest';
import { showsSelection } from '../../../src/shared/divergence/overfitting-verdict.ts';
import { SELECTION_BIAS_FLOOR, selectionBias } from '../../../src/shared/divergence/selection-bias.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

function noise(seed: number, trials: number, bars = 250): Float64Array[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: trials }, () => Float64Array.from({ length: bars }, () => random.normal()));
}

/** The paper's splits over the bars themselves, with means instead of sums. */
function slowTwin(trials: readonly Float64Array[]): number {
  const blockOf = (bar: number) => Math.floor((bar * 8) / trials[0].length);
  const gaps: number[] = [];
  for (let subset = 0; subset < 256; subset++) {
    const inside = (bar: number) => ((subset >> blockOf(bar)) & 1) === 1;
    if ([...subset.toString(2)].filter((bit) => bit === '1').length !== 4) continue;
    const means = (side: boolean) =>
      trials.map((scores) => scores.reduce((sum, score, bar) => sum + (inside(bar) === side ? score : 0), 0));
    const [chosen, outside] = [means(true), means(false)];
    const best = chosen.indexOf(Math.min(...chosen));
    gaps.push((outside[best] - chosen[best]) / (trials[0].length / 2));
  }
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length / Math.sqrt(2);
}

describe('the selection bias', () => {
  it.each([
    [1, 8, 64],
    [2, 20, 250],
    [3, 31, 113],
  ])('agrees with its definition (%d: %d trials, %d bars)', (seed, trials, bars) => {
    const own = noise(seed, trials, bars);
    own[2] = own[2].map((value) => value - 0.1);
    expect(selectionBias(own)).toBeCloseTo(slowTwin(own), 12);
  });

  it('of trials that differ by chance is the gap that the best of them then has', () => {
    let expected = 0;
    let found = 0;
    for (let seed = 0; seed < 60; seed++) {
      const trials = noise(seed, 40, 500);
      const validation = trials.map((scores) => scores.slice(0, 250));
      const mean = (scores: Float64Array) => scores.reduce((sum, value) => sum + value, 0) / scores.length;
      const means = validation.map(mean);
      const best = means.indexOf(Math.min(...means));
      found += mean(trials[best].slice(250)) - means[best];
      expected += selectionBias(validation)!;
    }
    // The best of 40 is 2.16 standard errors of 250 bars below 0; a standard error of the mean gap of 60 is 0.009.
    expect(expected / 60).toBeCloseTo(2.16 / Math.sqrt(250), 2);
    expect(Math.abs(found - expected) / 60).toBeLessThan(0.03);
  });

  it('is nothing when one trial is better on any bars, or all are the same', () => {
    const trials = noise(4, 300);
    trials[7] = trials[7].map((value) => value - 1);
    expect(Math.abs(selectionBias(trials)!)).toBeLessThan(0.02);
    const [one] = noise(5, 1);
    expect(selectionBias(Array.from({ length: 20 }, () => one))).toBeCloseTo(0, 12);
  });

  it('is unknown below eight trials', () => {
    expect(selectionBias(noise(6, 7))).toBeNull();
    expect(selectionBias([])).toBeNull();
    expect(selectionBias(noise(6, 8))).not.toBeNull();
  });

  it('counts above its floor, when the gap is nearer to it than to nothing', () => {
    expect(showsSelection(0.02, 0.011)).toBe(true);
    expect(showsSelection(0.02, 0.009)).toBe(false);
    expect(showsSelection(SELECTION_BIAS_FLOOR, 1)).toBe(false);
  });
});
