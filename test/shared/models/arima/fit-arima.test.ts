import { describe, expect, it } from 'vitest';
import { fitArima } from '../../../../src/shared/models/arima/fit-arima.ts';
import reference from './fixtures/arima.json';
import { noise } from './simulated-arma.ts';

const seriesOf = (name: string) => Float64Array.from(reference.series[name as keyof typeof reference.series]);

describe('ARIMA by exact maximum likelihood agrees with R', () => {
  it.each(reference.fits)('$source: $command', (expected) => {
    const fit = fitArima(seriesOf(expected.series), expected.order, { constant: expected.constant });
    expect(fit.converged).toBe(true);
    const tolerance = expected.order.d === 0 ? 1e-6 : 1e-4;
    expect(Math.abs(fit.logLikelihood - expected.logLikelihood)).toBeLessThan(tolerance);
    expect(Math.abs(fit.aic - expected.aic)).toBeLessThan(2 * tolerance);
    if (expected.aicc !== undefined) expect(Math.abs(fit.aicc - expected.aicc)).toBeLessThan(2 * tolerance);
    if (expected.variance !== undefined)
      expect(Math.abs(fit.variance / expected.variance - 1)).toBeLessThan(1e-5);
    const coefficients = [...fit.ar, ...fit.ma, ...(fit.constant === null ? [] : [fit.constant])];
    expect(coefficients).toHaveLength(expected.coefficients.length);
    coefficients.forEach((value, i) => {
      const distance = Math.abs(value - expected.coefficients[i]) / expected.standardErrors[i];
      expect(distance).toBeLessThan(1e-3);
      // R differences the likelihood with steps of 1e-3: its standard errors have three digits.
      expect(Math.abs(fit.standardErrors![i] / expected.standardErrors[i] - 1)).toBeLessThan(2e-3);
    });
  });

  it.each(reference.statsmodels)('and with $command', (expected) => {
    const fit = fitArima(seriesOf(expected.series), expected.order);
    expect(Math.abs(fit.logLikelihood - expected.logLikelihood)).toBeLessThan(1e-6);
  });
});

describe('what cannot be fitted is refused', () => {
  const order = { p: 1, d: 0, q: 0 };
  it.each([
    ['too_few_bars', () => fitArima(Float64Array.of(1, 2, 3, 4), order)],
    ['constant_series', () => fitArima(new Float64Array(50).fill(2), order)],
    [
      'constant_series',
      () =>
        fitArima(
          Float64Array.from({ length: 50 }, (_, t) => t),
          { p: 1, d: 1, q: 0 },
        ),
    ],
    // 0.1, 0.2, 0.3, ...: the differences are not the same to the bit.
    [
      'constant_series',
      () =>
        fitArima(
          Float64Array.from({ length: 100 }, (_, t) => 0.1 * t),
          { p: 1, d: 1, q: 0 },
          { constant: true },
        ),
    ],
    [
      'constant_series',
      () =>
        fitArima(
          Float64Array.from({ length: 100 }, (_, t) => 0.1 * t * t),
          { p: 0, d: 2, q: 1 },
        ),
    ],
    ['not_finite', () => fitArima(Float64Array.of(1, 2, Number.NaN, 4, 3, 5, 6, 7), order)],
    ['not_finite', () => fitArima(Float64Array.of(1, 2, Number.POSITIVE_INFINITY, 4, 3, 5, 6), order)],
    ['invalid_hyperparameters', () => fitArima(noise(1, 50), { p: 0.5, d: 0, q: 0 })],
    ['invalid_hyperparameters', () => fitArima(noise(1, 50), { p: -1, d: 0, q: 0 })],
    ['invalid_hyperparameters', () => fitArima(noise(1, 50), { p: 1, d: 3, q: 0 })],
    ['invalid_hyperparameters', () => fitArima(noise(1, 50), { p: 1, d: 2, q: 0 }, { constant: true })],
  ])('%s', (code, fit) => {
    expect(fit).toThrow(expect.objectContaining({ code }));
  });

  it.each([1e160, 1e-170])('values times %s, which cannot be squared, by saying so', (factor) => {
    const values = noise(1, 50).map((value) => factor * value);
    expect(() => fitArima(values, order)).toThrow(/squares leave the range of double precision/);
  });
});
