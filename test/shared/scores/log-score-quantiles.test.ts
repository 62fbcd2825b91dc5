import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../src/shared/numerics/distributions/normal.ts';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { studentTQuantile } from '../../../src/shared/numerics/distributions/student-t.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { logScoreFromQuantiles } from '../../../src/shared/scores/log-score-quantiles.ts';
import { logScoreNormal } from './reference/log-score-normal.ts';

const normal = (mean: number, deviation: number) =>
  Float64Array.from(QUANTILE_LEVELS, (level) => mean + deviation * normalQuantile(level));
const heavy = Float64Array.from(QUANTILE_LEVELS, (level) => studentTQuantile(level, 4));

describe('the log score of quantiles', () => {
  it.each([
    ['a normal', normal(0.3, 2), 0.3, 60],
    ['a Student t', heavy, 0, 60],
  ])('is that of a density that integrates to 1: %s', (_name, quantiles, centre, reach) => {
    const n = 400_000;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const x = centre - reach + ((i + 0.5) * 2 * reach) / n;
      sum += (Math.exp(-logScoreFromQuantiles(quantiles, x)) * 2 * reach) / n;
    }
    expect(sum).toBeCloseTo(1, 4);
  });

  it('is in expectation within 0.02 of the closed form', () => {
    const random = new SeededRandom(1);
    const quantiles = normal(0, 1);
    let difference = 0;
    for (let i = 0; i < 20_000; i++) {
      const outcome = random.normal();
      difference += (logScoreFromQuantiles(quantiles, outcome) - logScoreNormal(0, 1, outcome)) / 20_000;
    }
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(0.02);
  });

  it('is smallest for the true scale', () => {
    const random = new SeededRandom(2);
    const outcomes = Array.from({ length: 5000 }, () => random.normal());
    const score = (deviation: number) => {
      const quantiles = normal(0, deviation);
      return outcomes.reduce((sum, outcome) => sum + logScoreFromQuantiles(quantiles, outcome), 0);
    };
    expect(score(1)).toBeLessThan(score(0.9));
    expect(score(1)).toBeLessThan(score(1.1));
  });

  it('shifts with the unit of the returns', () => {
    const quantiles = heavy.map((value) => 0.01 * value);
    for (const outcome of [-30, -4, -0.2, 0, 1.7, 12]) {
      expect(logScoreFromQuantiles(quantiles, 0.01 * outcome)).toBeCloseTo(
        logScoreFromQuantiles(heavy, outcome) + Math.log(0.01),
        10,
      );
    }
  });

  it('stays finite where residuals are equal, and refuses a point mass', () => {
    const tied = normal(0, 1).map((value) => Math.round(value));
    for (const outcome of [-5, -1, 0, 0.5, 1, 5]) {
      expect(Number.isFinite(logScoreFromQuantiles(tied, outcome))).toBe(true);
    }
    expect(() => logScoreFromQuantiles(new Float64Array(199), 0)).toThrow(RangeError);
  });
});
