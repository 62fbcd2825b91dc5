import { describe, expect, it } from 'vitest';
import { EVERY_DAY, NEW_YORK, WEEKDAYS } from '../../../src/shared/calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../../../src/shared/calendars/trading-calendar.ts';
import type { PredictiveDistribution } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { columnsFromBars, type Timeframe } from '../../../src/shared/series/series.ts';
import { predictionInterval } from '../../../src/shared/synthesis/prediction-interval.ts';
import { probabilityAbove } from '../../../src/shared/synthesis/probability-above.ts';
import { quantileAt } from '../../../src/shared/synthesis/quantile-at.ts';
import { targetTime } from '../../../src/shared/synthesis/target-time.ts';
import { uncheckedSeries } from '../series/unchecked-series.ts';

/** Uniform between -width and width, shifted. */
function uniform(width: number, shift = 0): PredictiveDistribution {
  const quantiles = Float64Array.from(QUANTILE_LEVELS, (level) => shift + width * (2 * level - 1));
  return { mean: shift, scale: width / Math.sqrt(3), quantiles };
}

describe('probabilityAbove', () => {
  it('is one half at the median of a symmetric distribution', () => {
    expect(probabilityAbove(uniform(0.1), 0)).toBeCloseTo(0.5, 12);
  });

  it.each([-0.09, -0.031, 0, 0.0123, 0.08])('matches the uniform distribution at %d', (threshold) => {
    expect(probabilityAbove(uniform(0.1), threshold)).toBeCloseTo((0.1 - threshold) / 0.2, 12);
  });

  it('never says certain beyond the outermost quantiles', () => {
    expect(probabilityAbove(uniform(0.1, 1), 0)).toBe(0.9975);
    expect(probabilityAbove(uniform(0.1, -1), 0)).toBe(0.0025);
  });

  it('takes quantiles that coincide', () => {
    const flat = { mean: 0, scale: 1, quantiles: new Float64Array(QUANTILE_LEVELS.length) };
    const probability = probabilityAbove(flat, 0);
    expect(probability).toBeGreaterThanOrEqual(0);
    expect(probability).toBeLessThanOrEqual(1);
  });
});

describe('quantileAt', () => {
  it('finds every level', () => {
    const distribution = uniform(0.1);
    for (const [i, level] of QUANTILE_LEVELS.entries()) {
      expect(quantileAt(distribution, level)).toBe(distribution.quantiles[i]);
    }
  });

  it.each([0, 1, 0.0026, 0.501, Number.NaN])('refuses the level %d', (level) => {
    expect(() => quantileAt(uniform(0.1), level)).toThrow(RangeError);
  });
});

describe('predictionInterval', () => {
  it('is central, in prices, and widens with its coverage', () => {
    const distribution = uniform(0.1);
    expect(predictionInterval(distribution, 90, 200).lower).toBeCloseTo(200 * Math.exp(-0.09), 10);
    expect(predictionInterval(distribution, 90, 200).upper).toBeCloseTo(200 * Math.exp(0.09), 10);
    const widths = ([50, 80, 90, 95] as const).map((coverage) => {
      const { lower, upper } = predictionInterval(distribution, coverage, 200);
      return upper - lower;
    });
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
  });
});

describe('targetTime', () => {
  const targetAfter = (time: string, timeframe: Timeframe = '1D', calendar: TradingCalendar = NEW_YORK) =>
    targetTime(
      uncheckedSeries(
        columnsFromBars('X', timeframe, [{ time, open: 1, high: 1, low: 1, close: 1, volume: null }]),
        calendar,
      ),
    );

  it('is the close of the next session, across weekends, holidays, half days and daylight saving', () => {
    expect(targetAfter('2020-04-17')).toBe('2020-04-20T20:00:00Z');
    expect(targetAfter('2024-12-24')).toBe('2024-12-26T21:00:00Z');
    expect(targetAfter('2024-11-28')).toBe('2024-11-29T18:00:00Z');
  });

  it.each([
    ['2024-06-03T13:30:00Z', '2024-06-03T20:00:00Z'],
    ['2024-06-03T17:30:00Z', '2024-06-04T17:30:00Z'],
    ['2024-07-02T17:30:00Z', '2024-07-03T17:00:00Z'], // a half day's only half
    ['2024-07-03T13:30:00Z', '2024-07-05T17:30:00Z'],
    ['2024-03-08T18:30:00Z', '2024-03-11T17:30:00Z'], // over the change of clocks
  ])('of 4h from the half session of %s is %s, the end of the next one', (time, target) => {
    expect(targetAfter(time, '4h')).toBe(target);
  });

  it.each([
    ['2024-06-03T13:30:00Z', '2024-06-04T17:30:00Z'],
    ['2024-07-02T13:30:00Z', '2024-07-03T17:00:00Z'], // 13:00 of a half day
    ['2024-03-08T14:30:00Z', '2024-03-11T17:30:00Z'],
  ])('of 8h from 13:30 of %s is %s, 13:30 of the next session', (time, target) => {
    expect(targetAfter(time, '8h')).toBe(target);
  });

  it.each([
    [EVERY_DAY, '2026-11-27', '2026-11-29T00:00:00Z'], // the end of Saturday
    [EVERY_DAY, '2026-12-31', '2027-01-02T00:00:00Z'],
    [WEEKDAYS, '2026-11-27', '2026-11-30T22:00:00Z'], // 17:00 in New York on Monday
    [WEEKDAYS, '2026-07-02', '2026-07-03T21:00:00Z'],
  ])('goes by the calendar $name: after %s it is %s', (calendar, date, target) => {
    expect(targetAfter(date, '1D', calendar)).toBe(target);
  });

  it('heeds what operators announced in New York', () => {
    const exceptions = new Map([
      ['2024-06-04', 'half_day'],
      ['2024-06-05', 'closed'],
    ] as const);
    const announced = { ...NEW_YORK, exceptions };
    expect(targetAfter('2024-06-03', '1D', announced)).toBe('2024-06-04T17:00:00Z');
    expect(targetAfter('2024-06-04', '1D', announced)).toBe('2024-06-06T20:00:00Z');
    expect(targetAfter('2024-06-03T17:30:00Z', '4h', announced)).toBe('2024-06-04T17:00:00Z');
    expect(targetAfter('2024-06-04T13:30:00Z', '4h', announced)).toBe('2024-06-06T17:30:00Z');
    expect(() => targetAfter('2024-06-04T13:30:00Z', '8h', announced)).toThrow(
      expect.objectContaining({ code: 'no_eight_hours_ahead' }),
    );
  });

  it('of 8h is none from a half day, nor of half sessions from what is none', () => {
    const refused = (time: string, timeframe: Timeframe, code: string) =>
      expect(() => targetAfter(time, timeframe)).toThrow(expect.objectContaining({ code }));
    refused('2024-07-03T13:30:00Z', '8h', 'no_eight_hours_ahead');
    refused('2024-07-03T17:30:00Z', '4h', 'not_a_half_session');
  });
});
