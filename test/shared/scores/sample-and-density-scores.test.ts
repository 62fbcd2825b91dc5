import { describe, expect, it } from 'vitest';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { studentTCdf } from '../../../src/shared/numerics/distributions/student-t.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { crpsNormal } from '../../../src/shared/scores/crps-normal.ts';
import { crpsFromSamples } from '../../../src/shared/scores/crps-samples.ts';
import { crpsStudentT } from '../../../src/shared/scores/crps-student-t.ts';
import { logScoreNormal } from '../../../src/shared/scores/log-score-normal.ts';
import { logScoreStandardisedT, logScoreStudentT } from '../../../src/shared/scores/log-score-student-t.ts';
import { probabilityIntegralTransform } from '../../../src/shared/scores/probability-integral-transform.ts';

const normals = (seed: number, n: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: n }, () => random.normal());
};

/** The definition over all pairs. */
function crpsOverPairs(samples: Float64Array, outcome: number): number {
  let distance = 0;
  let spread = 0;
  for (const a of samples) {
    distance += Math.abs(a - outcome);
    for (const b of samples) spread += Math.abs(a - b);
  }
  return distance / samples.length - spread / (2 * samples.length ** 2);
}

/** The integral of (F(x) - 1[x >= outcome])^2 of the step function, exact between its steps. */
function crpsOfSteps(samples: Float64Array, outcome: number): number {
  const places = Float64Array.from([...samples, outcome]).sort();
  let sum = 0;
  for (let i = 1; i < places.length; i++) {
    const middle = (places[i - 1] + places[i]) / 2;
    const share = samples.filter((x) => x <= middle).length / samples.length;
    sum += (places[i] - places[i - 1]) * (share - (middle >= outcome ? 1 : 0)) ** 2;
  }
  return sum;
}

describe('of a t distribution with very many degrees of freedom', () => {
  // The first correction of the normal's, of order 1 / nu, is below 1e-9 from 1e9 on.
  it.each([1e9, 1e12])('the scores are those of the normal: nu = %s', (nu) => {
    for (const outcome of [0, 0.3, 5]) {
      expect(Math.abs(crpsStudentT(0, 1, nu, outcome) / crpsNormal(0, 1, outcome) - 1)).toBeLessThan(2e-8);
      expect(Math.abs(logScoreStudentT(0, 1, nu, outcome) / logScoreNormal(0, 1, outcome) - 1)).toBeLessThan(
        2e-8,
      );
    }
  });
});

describe('CRPS from samples', () => {
  it.each([-3, -0.2, 0, 0.7, 5])(
    'is the definition over all pairs and the integral, outcome %f',
    (outcome) => {
      const samples = normals(3, 157);
      expect(Math.abs(crpsFromSamples(samples, outcome) - crpsOverPairs(samples, outcome))).toBeLessThan(
        1e-12,
      );
      expect(Math.abs(crpsFromSamples(samples, outcome) - crpsOfSteps(samples, outcome))).toBeLessThan(1e-12);
    },
  );

  it('copes with samples that are equal, to one another and to the outcome', () => {
    const samples = Float64Array.of(1, 2, 2, 2, 5);
    for (const outcome of [1, 2, 3, 5]) {
      expect(crpsFromSamples(samples, outcome)).toBeCloseTo(crpsOverPairs(samples, outcome), 14);
    }
    expect(crpsFromSamples(Float64Array.of(4), 1)).toBe(3);
  });

  it('comes close to the closed form of what was drawn from', () => {
    const samples = normals(4, 100_000);
    expect(crpsFromSamples(samples, 0.3)).toBeCloseTo(crpsStudentT(0, 1, 1e6, 0.3), 2);
  });

  it('leaves its samples as they were and refuses what is none', () => {
    const samples = Float64Array.of(3, 1, 2);
    crpsFromSamples(samples, 0);
    expect([...samples]).toEqual([3, 1, 2]);
    expect(() => crpsFromSamples(new Float64Array(0), 1)).toThrow(RangeError);
    expect(() => crpsFromSamples(Float64Array.of(1, Number.NaN), 1)).toThrow(RangeError);
    expect(() => crpsFromSamples(Float64Array.of(1, Number.NEGATIVE_INFINITY), 1)).toThrow(RangeError);
    expect(() => crpsFromSamples(samples, Number.NaN)).toThrow(RangeError);
  });
});

describe('the log score of a t', () => {
  it.each([
    [0, 1, 3.5, 0.4],
    [0, 1, 8, -6],
    [0.02, 0.3, 2.2, 1],
  ])(
    'is minus the log of the slope of the distribution function (%f, %f, %f at %f)',
    (location, scale, nu, outcome) => {
      const width = 1e-4 * scale;
      const slope =
        (studentTCdf((outcome + width - location) / scale, nu) -
          studentTCdf((outcome - width - location) / scale, nu)) /
        (2 * width);
      expect(logScoreStudentT(location, scale, nu, outcome)).toBeCloseTo(-Math.log(slope), 6);
    },
  );

  it('has closed forms: Cauchy, and two degrees of freedom', () => {
    expect(logScoreStudentT(0, 1, 1, 2)).toBeCloseTo(Math.log(Math.PI * 5), 13);
    expect(logScoreStudentT(1, 2, 2, 4)).toBeCloseTo(Math.log(2) + 1.5 * Math.log(2 + 2.25), 13);
  });

  it('is a density: it integrates to one', () => {
    let sum = 0;
    for (let i = -200_000; i < 200_000; i++) {
      sum += 0.001 * Math.exp(-logScoreStudentT(0.5, 0.7, 5, (i + 0.5) * 0.001));
    }
    expect(sum).toBeCloseTo(1, 8);
  });

  it('by mean and standard deviation is that of a t of this variance, and becomes the normal', () => {
    const nu = 6;
    expect(logScoreStandardisedT(0.1, 2, nu, 1.3)).toBeCloseTo(
      logScoreStudentT(0.1, 2 * Math.sqrt(4 / 6), nu, 1.3),
      14,
    );
    expect(logScoreStandardisedT(0.1, 2, 1e7, 1.3)).toBeCloseTo(logScoreNormal(0.1, 2, 1.3), 5);
    expect(() => logScoreStandardisedT(0, 1, 2, 0)).toThrow(RangeError);
    expect(() => logScoreStudentT(0, 0, 3, 0)).toThrow(RangeError);
    expect(() => logScoreStudentT(0, 1, 0, 0)).toThrow(RangeError);
  });
});

describe('the probability integral transform', () => {
  it('is the distribution function, between quantiles and at them', () => {
    const uniform = Float64Array.from(QUANTILE_LEVELS);
    for (const outcome of [0.005, 0.1, 0.1234, 0.5, 0.995]) {
      expect(probabilityIntegralTransform(uniform, outcome)).toBeCloseTo(outcome, 14);
    }
  });

  it('is half a step from the end beyond the outermost quantiles', () => {
    const uniform = Float64Array.from(QUANTILE_LEVELS);
    expect(probabilityIntegralTransform(uniform, -5)).toBe(0.0025);
    expect(probabilityIntegralTransform(uniform, 0.999)).toBe(0.9975);
  });

  it('takes the middle of equal quantiles', () => {
    expect(probabilityIntegralTransform(new Float64Array(199).fill(3), 3)).toBeCloseTo(0.5, 14);
    expect(probabilityIntegralTransform(new Float64Array(199).fill(3), 2)).toBe(0.0025);
  });

  it('is uniform for calibrated forecasts', () => {
    const uniform = Float64Array.from(QUANTILE_LEVELS);
    const random = new SeededRandom(2);
    const values = Array.from({ length: 20_000 }, () =>
      probabilityIntegralTransform(uniform, random.uniform()),
    );
    expect(values.reduce((sum, u) => sum + u, 0) / values.length).toBeCloseTo(0.5, 2);
    expect(values.reduce((sum, u) => sum + (u - 0.5) ** 2, 0) / values.length).toBeCloseTo(1 / 12, 2);
  });

  it('refuses what is no forecast', () => {
    expect(() => probabilityIntegralTransform(new Float64Array(3), 0)).toThrow(RangeError);
    expect(() => probabilityIntegralTransform(new Float64Array(199), Number.NaN)).toThrow(RangeError);
  });
});
