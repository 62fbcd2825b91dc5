import { describe, expect, it } from 'vitest';
import { probabilityOfBacktestOverfitting } from '../../../src/shared/divergence/probability-of-backtest-overfitting.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

function noise(seed: number, trials: number, bars: number): Float64Array[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: trials }, () => Float64Array.from({ length: bars }, () => random.normal()));
}

/** The paper's steps over the bars themselves, with logits and sorted ranks. */
function slowTwin(trials: readonly Float64Array[]): number {
  const bars = trials[0].length;
  const blockOf = (bar: number) => Math.floor((bar * 16) / bars);
  const combinations = (from: number, size: number): number[][] =>
    size === 0
      ? [[]]
      : Array.from({ length: Math.max(0, 16 - from) }, (_, i) => from + i).flatMap((first) =>
          combinations(first + 1, size - 1).map((rest) => [first, ...rest]),
        );
  const splits = combinations(0, 8);
  const logits = splits.map((blocks) => {
    const inside = new Set(blocks);
    const performance = (scores: Float64Array, chosen: boolean) =>
      -scores.reduce((sum, score, bar) => sum + (inside.has(blockOf(bar)) === chosen ? score : 0), 0);
    const training = trials.map((scores) => performance(scores, true));
    const testing = trials.map((scores) => performance(scores, false));
    const best = training.indexOf(Math.max(...training));
    const rank = [...testing].sort((a, b) => a - b).indexOf(testing[best]) + 1;
    const relativeRank = rank / (trials.length + 1);
    return Math.log(relativeRank / (1 - relativeRank));
  });
  return logits.filter((logit) => logit <= 0).length / splits.length;
}

describe('the probability of backtest overfitting', () => {
  it("agrees with the paper's steps", () => {
    const trials = noise(1, 9, 33);
    trials[3] = trials[3].map((value) => value - 0.4);
    expect(probabilityOfBacktestOverfitting(trials)).toBeCloseTo(slowTwin(trials), 12);
  });

  it('is about one half when the trials differ by chance only', () => {
    const found = Array.from(
      { length: 10 },
      (_, seed) => probabilityOfBacktestOverfitting(noise(seed, 20, 250))!,
    );
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
    expect(mean).toBeGreaterThan(0.35);
    expect(mean).toBeLessThan(0.65);
  });

  it('is near 0 when one trial is truly better', () => {
    const trials = noise(2, 20, 250);
    trials[7] = trials[7].map((value) => value - 1);
    expect(probabilityOfBacktestOverfitting(trials)).toBeLessThan(0.001);
  });

  it('is 1 for trials that are all the same: the best is never above the median', () => {
    const [one] = noise(3, 1, 64);
    expect(probabilityOfBacktestOverfitting(Array.from({ length: 8 }, () => one))).toBe(1);
  });

  it('is null below eight trials and below two bars a block', () => {
    expect(probabilityOfBacktestOverfitting(noise(4, 7, 250))).toBeNull();
    expect(probabilityOfBacktestOverfitting(noise(4, 8, 31))).toBeNull();
    expect(probabilityOfBacktestOverfitting([])).toBeNull();
    expect(probabilityOfBacktestOverfitting(noise(4, 8, 32))).not.toBeNull();
  });

  it('refuses trials of different lengths', () => {
    expect(() => probabilityOfBacktestOverfitting([...noise(5, 8, 40), new Float64Array(39)])).toThrow(
      /40 and 39/,
    );
  });
});
