import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '../../../src/shared/numerics/distributions/normal.ts';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { studentTCdf, studentTQuantile } from '../../../src/shared/numerics/distributions/student-t.ts';
import { hacMean } from '../../../src/shared/numerics/hac-mean.ts';
import { meanOf } from '../../../src/shared/numerics/mean.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { intervalPlaces } from '../../../src/shared/scores/coverage.ts';
import { crpsFromQuantiles } from '../../../src/shared/scores/crps.ts';
import { dieboldMariano } from '../../../src/shared/scores/diebold-mariano.ts';
import { baseRate, directionalAccuracy } from '../../../src/shared/scores/directional-accuracy.ts';
import { mae } from '../../../src/shared/scores/mae.ts';
import { pinball } from '../../../src/shared/scores/pinball.ts';
import { rmse } from '../../../src/shared/scores/rmse.ts';
import { scoreForecasts } from '../../../src/shared/scores/scored-forecasts.ts';
import reference from './fixtures/diebold-mariano.json';
import { crpsNormal } from './reference/crps-normal.ts';
import { crpsStudentT } from './reference/crps-student-t.ts';
import { logScoreNormal } from './reference/log-score-normal.ts';

const of = (...values: number[]) => Float64Array.from(values);

/** The definition: the integral of (F(x) - 1[x >= outcome])^2, by the midpoint rule on each side of the outcome. */
function integratedCrps(cdf: (x: number) => number, outcome: number, reach: number): number {
  const n = 40_000;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    // Finer near the outcome: the tails of a t are long and smooth.
    const u = (i + 0.5) / n;
    const distance = reach * u ** 4;
    const width = (reach * 4 * u ** 3) / n;
    sum += width * (cdf(outcome - distance) ** 2 + (1 - cdf(outcome + distance)) ** 2);
  }
  return sum;
}

describe('point scores', () => {
  it('RMSE and MAE on an example worked by hand', () => {
    expect(rmse(of(1, 2, 3), of(1, 4, 1))).toBeCloseTo(Math.sqrt(8 / 3), 14);
    expect(mae(of(1, 2, 3), of(1, 4, 1))).toBeCloseTo(4 / 3, 14);
    expect(() => rmse(of(1), of(1, 2))).toThrow(RangeError);
    expect(() => mae(of(), of())).toThrow(RangeError);
  });

  it('directional accuracy leaves out bars without a direction, and so does the base rate', () => {
    const returns = of(0.01, -0.02, 0, 0.03, 0.01);
    expect(directionalAccuracy(returns, of(0.1, 0.1, 0.1, 0.1, 0))).toBeCloseTo(2 / 3, 14);
    expect(directionalAccuracy(returns, of(0, 0, 0, 0, 0))).toBeNull();
    expect(baseRate(returns)).toBe(0.75);
    expect(baseRate(of(0, 0))).toBeNull();
    expect(baseRate(returns)).toBe(directionalAccuracy(returns, new Float64Array(5).fill(1)));
  });
});

describe('scores of a distribution', () => {
  it('the pinball loss is smallest at the quantile', () => {
    const outcomes = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
    const loss = (quantile: number) =>
      outcomes.reduce((sum, outcome) => sum + pinball(quantile, outcome, 0.2), 0);
    expect(pinball(1, 3, 0.2)).toBeCloseTo(0.4, 14);
    expect(pinball(3, 1, 0.2)).toBeCloseTo(1.6, 14);
    expect(loss(0.2)).toBeLessThan(loss(0.18));
    expect(loss(0.2)).toBeLessThan(loss(0.22));
  });

  it.each([
    [0, 0.5, -2],
    [0.5, 2, 1],
    [0, 1, 0],
    [-0.3, 0.1, 0.4],
  ])('CRPS of a normal (%f, %f) at %f is the integral', (mean, deviation, outcome) => {
    const integral = integratedCrps((x) => normalCdf(x, mean, deviation), outcome, 12 * deviation + 3);
    expect(Math.abs(crpsNormal(mean, deviation, outcome) - integral)).toBeLessThan(1e-8);
  });

  it.each([
    [0.2, 0.5, 2.5, -2],
    [0.2, 0.5, 4, 0],
    [0, 1, 10, 1.5],
    [-0.1, 2, 200, 3],
  ])('CRPS of a t (%f, %f, %f) at %f is the integral', (location, scale, nu, outcome) => {
    const integral = integratedCrps((x) => studentTCdf((x - location) / scale, nu), outcome, 3000 * scale);
    expect(Math.abs(crpsStudentT(location, scale, nu, outcome) - integral)).toBeLessThan(1e-5 * scale);
  });

  // scoringRules' closed forms, computed in R 4.2.2
  it('closed forms give the reference figures', () => {
    expect(crpsNormal(0, 0.5, -2)).toBeCloseTo(1.71791235348455, 13);
    expect(crpsNormal(0.5, 2, 1)).toBeCloseTo(0.516999625798808, 13);
    expect(crpsStudentT(0.2, 0.5, 2.5, -2)).toBeCloseTo(1.78940910448711, 12);
    expect(crpsStudentT(0.2, 0.5, 4, 0)).toBeCloseTo(0.161358175780543, 12);
  });

  it('CRPS from quantiles comes within 0.4 % of the closed forms, and within 0.02 % on average', () => {
    const normal = Float64Array.from(QUANTILE_LEVELS, (level) => normalQuantile(level));
    const t = Float64Array.from(QUANTILE_LEVELS, (level) => studentTQuantile(level, 5));
    for (const outcome of [-1.5, 0, 0.7]) {
      const ofNormal = crpsFromQuantiles(normal, outcome) / crpsNormal(0, 1, outcome);
      const ofT = crpsFromQuantiles(t, outcome) / crpsStudentT(0, 1, 5, outcome);
      expect(Math.abs(ofNormal - 1)).toBeLessThan(0.004);
      expect(Math.abs(ofT - 1)).toBeLessThan(0.004);
    }
    // Outcomes at the quantiles of a finer grid: the average is the expected score.
    let [approximate, exact] = [0, 0];
    for (let i = 0; i < 2000; i++) {
      const outcome = normalQuantile((i + 0.5) / 2000);
      approximate += crpsFromQuantiles(normal, outcome);
      exact += crpsNormal(0, 1, outcome);
    }
    expect(Math.abs(approximate / exact - 1)).toBeLessThan(0.0002);
  });

  it('CRPS of a point mass is the absolute error', () => {
    expect(crpsFromQuantiles(new Float64Array(199).fill(2), 5)).toBeCloseTo(3, 12);
    expect(crpsFromQuantiles(new Float64Array(199).fill(2), 0.5)).toBeCloseTo(1.5, 12);
  });

  it('CRPS refuses distributions that are none', () => {
    expect(() => crpsNormal(0, 0, 1)).toThrow(RangeError);
    expect(() => crpsStudentT(0, 1, 1, 1)).toThrow(RangeError);
    expect(() => logScoreNormal(0, Number.NaN, 1)).toThrow(RangeError);
  });

  it('the log score is minus the log density', () => {
    expect(logScoreNormal(0, 1, 0)).toBeCloseTo(0.5 * Math.log(2 * Math.PI), 14);
    expect(logScoreNormal(1, 2, 4)).toBeCloseTo(0.5 * Math.log(2 * Math.PI) + Math.log(2) + 1.125, 14);
  });

  it('coverage counts outcomes within each central interval', () => {
    const uniform = Float64Array.from(QUANTILE_LEVELS);
    const outcomes = Float64Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
    const forecasts = Array.from(outcomes, () => ({ mean: 0.5, scale: 0.3, quantiles: uniform }));
    const { covered } = scoreForecasts(forecasts, outcomes);
    expect(covered.map(meanOf)).toEqual([0.5, 0.8, 0.9, 0.95]);
    const ofHalf = (outcome: number) => scoreForecasts([forecasts[0]], of(outcome)).covered[0][0];
    expect([ofHalf(0.25), ofHalf(0.2499)]).toEqual([1, 0]);
    expect(intervalPlaces(0.95)).toEqual({ lower: 4, upper: 194 });
    expect(() => intervalPlaces(0.955)).toThrow(RangeError);
    expect(() => intervalPlaces(1)).toThrow(RangeError);
  });
});

describe('comparisons', () => {
  it('the HAC standard error is the classical one without lags, and sums Bartlett weights with them', () => {
    const values = of(1, 2, 4, 3, 7, 5);
    const mean = 22 / 6;
    const deviations = [...values].map((value) => value - mean);
    const gamma = (k: number) =>
      deviations.reduce((sum, d, t) => sum + (t >= k ? d * deviations[t - k] : 0), 0) / 6;
    expect(hacMean(values, 0).mean).toBeCloseTo(mean, 14);
    expect(hacMean(values, 0).standardError).toBeCloseTo(Math.sqrt(gamma(0) / 6), 14);
    const longRun = gamma(0) + 2 * ((2 / 3) * gamma(1) + (1 / 3) * gamma(2));
    expect(hacMean(values, 2).standardError).toBeCloseTo(Math.sqrt(longRun / 6), 14);
    expect(() => hacMean(values, 6)).toThrow(RangeError);
    expect(() => hacMean(of(1), 0)).toThrow(RangeError);
  });

  it('the HAC standard error is larger where neighbours are alike', () => {
    const random = new SeededRandom(8);
    const values = new Float64Array(2000);
    for (let t = 1; t < values.length; t++) values[t] = 0.8 * values[t - 1] + random.normal();
    const ratio = hacMean(values, 30).standardError / hacMean(values, 0).standardError;
    // sqrt((1 + 0.8) / (1 - 0.8)) = 3 without truncation
    expect(ratio).toBeGreaterThan(2.2);
    expect(ratio).toBeLessThan(3.5);
  });

  it('Diebold and Mariano agree with forecast::dm.test', () => {
    const differences = Float64Array.from(reference.e1, (e, i) => e * e - reference.e2[i] * reference.e2[i]);
    for (const [horizon, expected] of [
      [1, reference.h1],
      [5, reference.h5],
    ] as const) {
      const test = dieboldMariano(differences, { horizon })!;
      expect(Math.abs(test.statistic - expected.statistic)).toBeLessThan(1e-6);
      expect(Math.abs(test.pValue - expected.p)).toBeLessThan(1e-8);
    }
    expect(
      Math.abs(dieboldMariano(differences, { horizon: 5 })!.pFirstBetter - reference.h5_less.p),
    ).toBeLessThan(1e-8);
    const bartlett = dieboldMariano(differences, { horizon: 5, weights: 'bartlett' })!;
    expect(Math.abs(bartlett.statistic - reference.h5_bartlett.statistic)).toBeLessThan(1e-6);
    expect(Math.abs(bartlett.pValue - reference.h5_bartlett.p)).toBeLessThan(1e-8);
    const absolute = Float64Array.from(reference.e1, (e, i) => Math.abs(e) - Math.abs(reference.e2[i]));
    const ofAbsolute = dieboldMariano(absolute)!;
    expect(Math.abs(ofAbsolute.statistic - reference.h1_absolute.statistic)).toBeLessThan(1e-6);
    expect(Math.abs(ofAbsolute.pValue - reference.h1_absolute.p)).toBeLessThan(1e-8);
  });

  it('Diebold and Mariano have nothing to say of differences that never change', () => {
    expect(dieboldMariano(new Float64Array(50).fill(0.1))).toBeNull();
    expect(() => dieboldMariano(of(1, 2, 3), { horizon: 3 })).toThrow(RangeError);
  });

  it('Diebold and Mariano with more lags than overlap go by the long-run variance of the losses', () => {
    const random = new SeededRandom(9);
    let level = 0;
    // Autocorrelated: without lags the test would take it for a difference far too often.
    const differences = Float64Array.from({ length: 400 }, () => {
      level = 0.8 * level + random.normal();
      return level;
    });
    const test = dieboldMariano(differences, { weights: 'bartlett', lags: 12 })!;
    const { mean, standardError } = hacMean(differences, 12);
    expect(test.statistic).toBeCloseTo((Math.sqrt(399 / 400) * mean) / standardError, 12);
    expect(Math.abs(test.statistic)).toBeLessThan(Math.abs(dieboldMariano(differences)!.statistic) / 2);
    expect(() => dieboldMariano(differences, { horizon: 5, lags: 3 })).toThrow(/overlap in 4 lags/);
    expect(() => dieboldMariano(differences, { lags: 400 })).toThrow(RangeError);
  });

  it('Diebold and Mariano fall back on Bartlett weights where the plain sum is not positive', () => {
    const alternating = Float64Array.from({ length: 60 }, (_, t) => (t % 2 === 0 ? 1 : -1) + 0.001 * t);
    const test = dieboldMariano(alternating, { horizon: 2 })!;
    expect(Number.isFinite(test.statistic)).toBe(true);
    expect(test.pValue).toBeGreaterThan(0);
  });
});
