import ln from '@stdlib/math-base-special-ln';
import { describe, expect, it } from 'vitest';
import {
  barFeatures,
  FEATURE_NAMES,
  FIRST_FEATURE_BAR,
  onGrid,
} from '../../../../src/shared/models/gradient-boosting/bar-features.ts';
import { nextBarCalendars } from '../../../../src/shared/models/linear-path/next-bar-calendar.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { scalePrices, simulatedSeries } from '../simulated-series.ts';

const series = simulatedSeries(5, 140);
const features = barFeatures(series, 0.01);
const feature = (name: (typeof FEATURE_NAMES)[number], of = features) =>
  of.columns[FEATURE_NAMES.indexOf(name)];

describe('features', () => {
  it('are known from the first bar that has all of them', () => {
    expect(features.columns).toHaveLength(FEATURE_NAMES.length);
    for (const column of features.columns) {
      expect(column.subarray(0, FIRST_FEATURE_BAR).every(Number.isNaN)).toBe(true);
      expect(column.subarray(FIRST_FEATURE_BAR).every(Number.isFinite)).toBe(true);
    }
  });

  it('of a bar depend on no later bar', () => {
    const prefix = barFeatures(sliceSeries(series, 0, 100), 0.01);
    expect(prefix.columns).toEqual(features.columns.map((column) => column.slice(0, 100)));
    expect(prefix.expected).toEqual(features.expected.slice(0, 100));
  });

  it('do not depend on where the series starts', () => {
    const later = barFeatures(sliceSeries(series, 20, 140), 0.01);
    later.columns.forEach((column, j) => {
      expect(column.slice(FIRST_FEATURE_BAR)).toEqual(features.columns[j].slice(20 + FIRST_FEATURE_BAR));
    });
  });

  it.each([1e-6, 1e6, 1 / 3])('are the same to the bit with prices times %s', (factor) => {
    expect(barFeatures(scalePrices(series, factor), 0.01).columns).toEqual(features.columns);
  });

  it('are what their names say', () => {
    const t = 120;
    const { logRanges, returns } = features;
    const mean = (values: Float64Array, count: number) =>
      values.slice(t + 1 - count, t + 1).reduce((sum, value) => sum + value, 0) / count;
    const month = mean(logRanges, 22);
    expect(returns[t]).toBe(ln(series.close[t] / series.close[t - 1]));
    expect(feature('range1')[t]).toBeCloseTo(logRanges[t - 1] - month, 4);
    expect(feature('rangeWeek')[t]).toBeCloseTo(mean(logRanges, 5) - month, 4);
    expect(feature('rangeMonth')[t]).toBeCloseTo(month - mean(logRanges, 66), 4);
    expect(feature('rangeLevel')[t]).toBeCloseTo(month - ln(0.01), 4);
    expect(feature('absoluteReturn')[t]).toBe(Math.abs(feature('return0')[t]));
    expect(feature('return2')[t]).toBe(feature('return0')[t - 2]);
    expect(feature('volume1')[t]).toBe(feature('volume0')[t - 1]);
    const falls = [0, 1, 2, 3, 4].map((k) => Math.min(0, returns[t - k]));
    const sum = [0, 1, 2, 3, 4].map((k) => returns[t - k]).reduce((a, b) => a + b);
    expect(feature('downside')[t] / feature('returnWeek')[t]).toBeCloseTo(
      falls.reduce((a, b) => a + b) / (sum / Math.sqrt(5)),
      2,
    );
    expect(feature('days')[t]).toBe(nextBarCalendars(series)[t].days);
  });

  it('are finite where bars do not move', () => {
    const flat: Series = { ...series };
    for (const column of ['open', 'high', 'low', 'close'] as const) {
      Object.assign(flat, { [column]: series[column].map((price, i) => (i > 20 ? 50 : price)) });
    }
    for (const column of barFeatures(flat, 0.01).columns) {
      expect(column.subarray(FIRST_FEATURE_BAR).every(Number.isFinite)).toBe(true);
    }
  });

  it('call the volume usual where there is none', () => {
    const without = { ...series, volume: series.volume.map(() => Number.NaN) };
    const column = feature('volumeWeek', barFeatures(without, 0.01));
    expect(column.subarray(FIRST_FEATURE_BAR).every((value) => value === 0)).toBe(true);
  });

  it('lie on a grid that single precision holds', () => {
    expect(onGrid(1 / 3)).toBe(21845 / 65536);
    expect([onGrid(1e9), onGrid(-1e9), onGrid(Number.NaN)]).toEqual([64, -64, Number.NaN]);
    expect(Math.fround(onGrid(63.999))).toBe(onGrid(63.999));
  });
});
