import { describe, expect, it } from 'vitest';
import { chooseTrial } from '../../../src/shared/ensemble/choose-trial.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

function normals(bars: number, seed: number): Float64Array {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: bars }, () => random.normal());
}

const common = normals(250, 1);
/** Scores of a trial: what all share, some of its own, and its advantage. */
const trial = (advantage: number, spread: number, seed: number) =>
  normals(250, seed).map((z, i) => 1 + 0.5 * common[i] + spread * z - advantage);

describe('chooseTrial', () => {
  it('asks more of a trial where outcomes overlap, whose scores hang together', () => {
    const first = trial(0, 0, 2);
    // Ahead by chance over a third of the bars, one after the other.
    const lucky = first.map((score, i) => score - (i < 80 ? 0.3 : -0.02));
    expect(chooseTrial([first, lucky])).toBe(1);
    expect(chooseTrial([first, lucky], 20)).toBe(0);
  });

  it('keeps the first among equals', () => {
    const scores = trial(0, 0.1, 2);
    expect(chooseTrial([scores, scores, scores])).toBe(0);
  });

  it('keeps the first where a later one is better by less than two standard errors', () => {
    const first = trial(0, 0.1, 2);
    const shifted = first.map((score, i) => score - 0.01 + 0.1 * (i % 2 === 0 ? 1 : -1));
    expect(shifted.reduce((a, b) => a + b)).toBeLessThan(first.reduce((a, b) => a + b));
    expect(chooseTrial([first, shifted])).toBe(0);
  });

  it('takes what is clearly better, wherever it stands, though scores vary much more than they differ', () => {
    expect(chooseTrial([trial(0, 0.1, 2), trial(0, 0.1, 3), trial(0.05, 0.1, 4)])).toBe(2);
  });

  it('takes the first of those that are as good as the best', () => {
    const good = trial(0.1, 0.1, 3);
    const luckier = good.map((score, i) => score - 0.001 + 0.1 * (i % 2 === 0 ? 1 : -1));
    expect(chooseTrial([trial(0, 0.1, 2), good, luckier])).toBe(1);
  });

  it('chooses the best by any difference where trials differ by a constant', () => {
    const scores = trial(0, 0.1, 2);
    expect(chooseTrial([scores, scores.map((score) => score - 1e-6)])).toBe(1);
  });

  it('chooses on a single bar too', () => {
    expect(chooseTrial([Float64Array.of(2), Float64Array.of(1)])).toBe(1);
  });
});
