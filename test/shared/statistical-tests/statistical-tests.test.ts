import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { archLm } from '../../../src/shared/statistical-tests/arch-lm.ts';
import { augmentedDickeyFuller } from '../../../src/shared/statistical-tests/augmented-dickey-fuller.ts';
import { jarqueBera } from '../../../src/shared/statistical-tests/jarque-bera.ts';
import { kpss } from '../../../src/shared/statistical-tests/kpss.ts';
import { ljungBox } from '../../../src/shared/statistical-tests/ljung-box.ts';
import { series } from '../models/arima/fixtures/arima.json';
import reference from './fixtures/tests.json';

const noise = (seed: number, n: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: n }, () => random.normal());
};

const cumulated = (values: Float64Array) => {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
};

it.each([1e-300, 1e-90, 1e90, 1e300])('Jarque-Bera does not depend on the unit: %s', (unit) => {
  const y = noise(3, 300);
  const plain = jarqueBera(y)!;
  const scaled = jarqueBera(y.map((value) => unit * value))!;
  expect(scaled.statistic / plain.statistic).toBeCloseTo(1, 9);
  expect(scaled.kurtosis / plain.kurtosis).toBeCloseTo(1, 9);
});

describe.each(reference.cases)('on $series', (expected) => {
  const y = Float64Array.from(series[expected.series as keyof typeof series]);

  it('Ljung-Box agrees with R, of values and of squares', () => {
    for (const [test, figures] of [
      [ljungBox(y, 10), expected.ljungBox],
      [ljungBox(y, 10, 2), expected.ljungBoxTwoParameters],
      [
        ljungBox(
          y.map((value) => value * value),
          10,
        ),
        expected.ljungBoxSquares,
      ],
    ] as const) {
      expect(Math.abs(test!.statistic - figures.statistic)).toBeLessThan(1e-6);
      expect(test!.degreesOfFreedom).toBe(figures.parameter);
      expect(Math.abs(test!.pValue - figures.pValue)).toBeLessThan(1e-12);
    }
  });

  it('Jarque-Bera agrees with tseries', () => {
    const test = jarqueBera(y)!;
    expect(Math.abs(test.statistic - expected.jarqueBera.statistic)).toBeLessThan(1e-6);
    expect(Math.abs(test.pValue - expected.jarqueBera.pValue)).toBeLessThan(1e-12);
  });

  it('the augmented Dickey-Fuller test agrees with tseries, p value by table included', () => {
    const test = augmentedDickeyFuller(y)!;
    expect(Math.abs(test.statistic - expected.adf.statistic)).toBeLessThan(1e-6);
    expect(test.lags).toBe(expected.adf.parameter);
    expect(Math.abs(test.tabulatedPValue! - expected.adf.pValue)).toBeLessThan(1e-9);
  });

  it.each(['none', 'constant', 'trend'] as const)(
    'the augmented Dickey-Fuller test agrees with statsmodels and MacKinnon, and with the lags of urca: %s',
    (regression) => {
      const [statistic, pValue] = expected.adfStatsmodels[regression];
      const test = augmentedDickeyFuller(y, { regression, lags: 2 })!;
      expect(Math.abs(test.statistic - statistic)).toBeLessThan(1e-6);
      expect(Math.abs(test.pValue - pValue)).toBeLessThan(1e-9);
      expect(test.tabulatedPValue === null).toBe(regression !== 'trend');
      const chosen = augmentedDickeyFuller(y, { regression, lags: { maximum: 5 } })!;
      expect(Math.abs(chosen.statistic - expected.adfFiveLagsAic[regression])).toBeLessThan(1e-6);
    },
  );

  it('the augmented Dickey-Fuller test with a constant agrees with urca', () => {
    const test = augmentedDickeyFuller(y, { regression: 'constant', lags: { maximum: 1 } })!;
    expect(Math.abs(test.statistic - expected.adfConstantAic)).toBeLessThan(1e-6);
  });

  it('KPSS agrees with tseries', () => {
    for (const [test, figures] of [
      [kpss(y), expected.kpssLevel],
      [kpss(y, { null: 'trend' }), expected.kpssTrend],
    ] as const) {
      expect(Math.abs(test!.statistic - figures.statistic)).toBeLessThan(1e-6);
      expect(test!.lags).toBe(figures.parameter);
      expect(Math.abs(test!.pValue - figures.pValue)).toBeLessThan(1e-9);
    }
  });

  it('ARCH-LM agrees with statsmodels', () => {
    const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
    const test = archLm(
      y.map((value) => value - mean),
      5,
    )!;
    expect(Math.abs(test.statistic - expected.archLm[0])).toBeLessThan(1e-6);
    expect(test.pValue / expected.archLm[1]).toBeCloseTo(1, 9);
  });
});

describe('when the null hypothesis holds, 5 % of the tests say otherwise', () => {
  const rejected = (test: (values: Float64Array) => number) => {
    let count = 0;
    for (let seed = 0; seed < 400; seed++) if (test(noise(seed, 200)) < 0.05) count++;
    return count / 400;
  };

  it.each([
    ['Ljung-Box', (y: Float64Array) => ljungBox(y, 5)!.pValue],
    ['ARCH-LM', (y: Float64Array) => archLm(y, 5)!.pValue],
    ['Jarque-Bera', (y: Float64Array) => jarqueBera(y)!.pValue],
    ['KPSS', (y: Float64Array) => kpss(y)!.pValue - 1e-9],
    [
      'Dickey-Fuller',
      (y: Float64Array) => augmentedDickeyFuller(cumulated(y), { regression: 'constant', lags: 1 })!.pValue,
    ],
  ])('%s', (_, test) => {
    const share = rejected(test);
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.08);
  });
});

describe('what they look for', () => {
  const random = new SeededRandom(7);
  const clustered = new Float64Array(600);
  let variance = 1;
  for (let t = 0; t < clustered.length; t++) {
    clustered[t] = Math.sqrt(variance) * random.normal();
    variance = 0.2 + 0.5 * clustered[t] * clustered[t] + 0.4 * variance;
  }

  it('is found: volatility clusters, fat tails, a random walk', () => {
    expect(archLm(clustered, 5)!.pValue).toBeLessThan(1e-6);
    expect(
      ljungBox(
        clustered.map((value) => value * value),
        5,
      )!.pValue,
    ).toBeLessThan(1e-6);
    expect(jarqueBera(clustered)!.pValue).toBeLessThan(1e-6);
    const walk = cumulated(noise(3, 500));
    expect(kpss(walk)!.pValue).toBe(0.01);
    expect(augmentedDickeyFuller(walk)!.pValue).toBeGreaterThan(0.05);
    expect(augmentedDickeyFuller(noise(3, 500))!.pValue).toBeLessThan(1e-4);
  });

  it('does not depend on the unit', () => {
    const small = clustered.map((value) => 1e-6 * value);
    expect(ljungBox(small, 5)!.statistic).toBeCloseTo(ljungBox(clustered, 5)!.statistic, 9);
    expect(jarqueBera(small)!.statistic).toBeCloseTo(jarqueBera(clustered)!.statistic, 7);
    expect(archLm(small, 5)!.statistic).toBeCloseTo(archLm(clustered, 5)!.statistic, 8);
    expect(kpss(small)!.statistic).toBeCloseTo(kpss(clustered)!.statistic, 9);
    expect(augmentedDickeyFuller(small)!.statistic).toBeCloseTo(
      augmentedDickeyFuller(clustered)!.statistic,
      8,
    );
  });
});

describe('values that say nothing', () => {
  const constant = new Float64Array(50).fill(0.1);

  it('have no statistic', () => {
    expect(ljungBox(constant, 5)).toBeNull();
    expect(jarqueBera(constant)).toBeNull();
    expect(archLm(constant, 5)).toBeNull();
    expect(kpss(constant)).toBeNull();
    expect(augmentedDickeyFuller(constant)).toBeNull();
    const line = Float64Array.from({ length: 50 }, (_, t) => 3 + 0.1 * t);
    expect(kpss(line, { null: 'trend' })).toBeNull();
  });

  it.each([
    ['no lag', () => ljungBox(noise(1, 20), 0)],
    ['as many lags as values', () => ljungBox(noise(1, 20), 20)],
    ['as many parameters as lags', () => ljungBox(noise(1, 20), 3, 3)],
    ['half a lag', () => archLm(noise(1, 20), 1.5)],
    ['more lags than rows', () => archLm(noise(1, 20), 10)],
    ['too few values', () => jarqueBera(Float64Array.of(1))],
    ['a value that is not finite', () => kpss(Float64Array.of(1, 2, Number.NaN, 4, 5))],
    ['negative lags', () => kpss(noise(1, 20), { lags: -1 })],
    ['too many lags for the rows', () => augmentedDickeyFuller(noise(1, 20), { lags: 9 })],
    ['a choice among no lags', () => augmentedDickeyFuller(noise(1, 20), { lags: { maximum: 0 } })],
  ])('are refused: %s', (_, call) => {
    expect(call).toThrow(RangeError);
  });
});
