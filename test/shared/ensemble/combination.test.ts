import { describe, expect, it } from 'vitest';
import { averageQuantiles } from '../../../src/shared/ensemble/average-quantiles.ts';
import { halfExpandingMeans, sumReturns } from '../../../src/shared/ensemble/expanding-mean.ts';
import { combineMembers } from '../../../src/shared/ensemble/fitted-ensemble.ts';
import { shrinkMean } from '../../../src/shared/ensemble/mean-shrinkage.ts';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import { sliceSeries } from '../../../src/shared/series/series.ts';
import { simulatedSeries } from '../models/simulated-series.ts';
import { normalForecast } from './stand-in-members.ts';

const forecasts = [normalForecast(0.01, 0.02), normalForecast(-0.03, 0.04)];

describe('averaging quantiles', () => {
  it('of normals gives the normal with the average mean and scale', () => {
    const average = averageQuantiles(forecasts, [0.25, 0.75]);
    const expected = normalForecast(0.25 * 0.01 - 0.75 * 0.03, 0.25 * 0.02 + 0.75 * 0.04);
    expect(average.mean).toBeCloseTo(expected.mean, 15);
    expect(average.scale).toBeCloseTo(expected.scale, 15);
    average.quantiles.forEach((quantile, i) => {
      expect(quantile).toBeCloseTo(expected.quantiles[i], 14);
    });
  });

  it('of one distribution gives it back', () => {
    expect(averageQuantiles([forecasts[0]], [1])).toEqual(forecasts[0]);
  });

  it('refuses no distribution, and weights of another number', () => {
    expect(() => averageQuantiles([], [])).toThrow(RangeError);
    expect(() => averageQuantiles(forecasts, [1])).toThrow(/2 distributions.*1 weights/);
  });
});

describe('shrinking the mean', () => {
  it.each([
    [0, 0.002],
    [0.5, 0.006],
    [1, 0.01],
  ])('by %d moves mean and quantiles together', (factor, mean) => {
    const shrunk = shrinkMean(forecasts[0], 0.002, factor);
    expect(shrunk.mean).toBeCloseTo(mean, 15);
    expect(shrunk.scale).toBe(forecasts[0].scale);
    shrunk.quantiles.forEach((quantile, i) => {
      expect(quantile - forecasts[0].quantiles[i]).toBeCloseTo(mean - 0.01, 14);
    });
  });

  it('comes before averaging', () => {
    const combined = combineMembers(forecasts, [0.5, 0.5], 0.001, 0.5);
    expect(combined.mean).toBeCloseTo((0.0055 - 0.0145) / 2, 15);
  });
});

describe('half the expanding mean', () => {
  const series = simulatedSeries(2, 120);
  const returns = logReturns(series.close);
  const meanBefore = (bar: number) =>
    returns.subarray(0, bar - 1).reduce((sum, value) => sum + value, 0) / (bar - 1);
  const known = sumReturns(sliceSeries(series, 0, 80));

  it('is that of all returns known before the bar', () => {
    halfExpandingMeans(series, 60, 121, known).forEach((half, i) => {
      expect(half).toBeCloseTo(meanBefore(60 + i) / 2, 15);
    });
  });

  it('does not depend on where the series starts, once the cutoff is passed', () => {
    const whole = halfExpandingMeans(series, 90, 121, known);
    expect(halfExpandingMeans(sliceSeries(series, 40, 120), 50, 81, known)).toEqual(whole);
  });

  it('goes on from the sum when the series starts after the cutoff', () => {
    const [half] = halfExpandingMeans(sliceSeries(series, 80, 120), 1, 2, known);
    expect(half).toBe(known.sum / known.count / 2);
  });

  it('is 0 while no return is known', () => {
    expect(halfExpandingMeans(series, 1, 2, known)[0]).toBe(0);
  });
});
