import { describe, expect, it } from 'vitest';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import {
  garmanKlassOvernightVariance,
  garmanKlassVariance,
} from '../../../src/shared/series/range-measures.ts';
import { requireFitSeries, requireHistory } from '../../../src/shared/series/require-fit-series.ts';
import { columnsFromBars, sliceSeries } from '../../../src/shared/series/series.ts';
import { sp500 } from './sp500.ts';
import { uncheckedSeries } from './unchecked-series.ts';

const bar = (time: string, open: number, high: number, low: number, close: number) => ({
  time,
  open,
  high,
  low,
  close,
  volume: null,
});
const two = uncheckedSeries(
  columnsFromBars('X', '1D', [bar('2024-01-02', 100, 110, 95, 105), bar('2024-01-03', 108, 112, 104, 106)]),
);

describe('measures of a bar', () => {
  it('log returns are from close to close', () => {
    expect(logReturns(two.close)[0]).toBeCloseTo(Math.log(106 / 105), 15);
    expect(logReturns(two.close)).toHaveLength(1);
    expect(logReturns(new Float64Array())).toHaveLength(0);
  });

  it('Garman-Klass and overnight are their formulas', () => {
    const klass = 0.5 * Math.log(112 / 104) ** 2 - (2 * Math.log(2) - 1) * Math.log(106 / 108) ** 2;
    expect(garmanKlassVariance(two)[1]).toBeCloseTo(klass, 15);
    expect(garmanKlassOvernightVariance(two)[1]).toBeCloseTo(klass + Math.log(108 / 105) ** 2, 15);
    expect(garmanKlassOvernightVariance(two)[0]).toBe(garmanKlassVariance(two)[0]);
  });

  it('never give a negative variance on real bars', () => {
    expect(garmanKlassOvernightVariance(sp500()).every((variance) => variance >= 0)).toBe(true);
  });
});

describe('requireFitSeries', () => {
  const series = sliceSeries(sp500(), 0, 100);
  const changed = (column: 'open' | 'high' | 'low' | 'close', value: number) => {
    const copy = { ...series, [column]: series[column].slice() };
    copy[column][50] = value;
    return copy;
  };

  it('accepts real bars, volume missing or not', () => {
    expect(() => requireFitSeries(series, 100)).not.toThrow();
    expect(() =>
      requireFitSeries({ ...series, volume: new Float64Array(100).fill(Number.NaN) }, 100),
    ).not.toThrow();
  });

  it('says how many bars there are and how many are needed', () => {
    expect(() => requireFitSeries(series, 101)).toThrow(
      expect.objectContaining({ code: 'too_few_bars', details: { symbol: 'SPX', have: 100, need: 101 } }),
    );
    expect(() => requireFitSeries(series, 101)).toThrow('SPX has 100 bars, and 101 are needed');
  });

  it.each(['open', 'high', 'low', 'close'] as const)('names the bar and the column of a bad %s', (column) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 0, -3]) {
      expect(() => requireFitSeries(changed(column, value), 10)).toThrow(
        expect.objectContaining({
          code: 'not_finite',
          details: { symbol: 'SPX', time: series.times[50], column, value: String(value) },
        }),
      );
    }
  });

  it('refuses a price that never moves, or moves by the same factor each bar', () => {
    const flat = { ...series, close: new Float64Array(100).fill(7) };
    const steady = { ...series, close: series.close.map((_, i) => 100 * 1.001 ** i) };
    for (const constant of [flat, steady]) {
      expect(() => requireFitSeries(constant, 10)).toThrow(
        expect.objectContaining({ code: 'constant_series' }),
      );
    }
  });

  it('looks only at the bars before a cutoff when there is one', () => {
    expect(() => requireHistory(changed('close', Number.NaN), 50, 10)).not.toThrow();
    expect(() => requireHistory(changed('close', Number.NaN), 51, 10)).toThrow();
    expect(() => requireHistory(series, 9, 10)).toThrow(expect.objectContaining({ code: 'too_few_bars' }));
  });
});
