import { describe, expect, it } from 'vitest';
import { EVERY_DAY, NEW_YORK, WEEKDAYS } from '../../../src/shared/calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../../../src/shared/calendars/trading-calendar.ts';
import { assessBars } from '../../../src/shared/series/check-bars.ts';
import { checkCovariates } from '../../../src/shared/series/check-covariates.ts';
import { type BarColumns, sliceSeries } from '../../../src/shared/series/series.ts';
import { withTimelyCovariates } from '../../../src/shared/series/with-timely-covariates.ts';
import { simulatedSeries } from '../models/simulated-series.ts';
import { sp500 } from './sp500.ts';

/** Closes that are good, once doubled overnight; opens, highs and lows that contradict one another on three days. */
function impossibleLows(): BarColumns {
  const level = sliceSeries(sp500(), 0, 400);
  const close = level.close.map((price, i) => (i < 200 ? price : 2.2 * price));
  const columns = { open: close.slice(), high: close.slice(), low: close.slice() };
  for (const i of [50, 120, 300]) columns.low[i] = close[i] / 6;
  columns.high[70] = close[70] / 2;
  return { ...level, symbol: 'VIX', ...columns, close };
}
const rules = { calendar: NEW_YORK };
const level = { symbol: 'VIX', measure: 'level' } as const;
const range = { symbol: 'VIX', measure: 'range' } as const;

describe('a covariate that is read by its level', () => {
  it('passes the gate by its closes alone, and without a question for its jumps', () => {
    const bars = impossibleLows();
    expect(assessBars(bars, rules).map(({ code }) => code)).toEqual([
      'inconsistent_bar',
      'implausible_price',
    ]);
    expect(assessBars(bars, { ...rules, closesOnly: true })).toEqual([]);
    const { covariates, notes } = checkCovariates([level], [{ bars, rules }]);
    expect(notes).toEqual([]);
    const [{ series, measure }] = covariates;
    expect(measure).toBe('level');
    for (const column of [series.open, series.high, series.low]) expect(column).toEqual(bars.close);
  });

  it('is refused by its closes and its dates', () => {
    const bars = impossibleLows();
    bars.close[10] = 0;
    const daily = { ...simulatedSeries(3, 400), symbol: 'OFF' };
    const names = [level, { symbol: 'OFF', measure: 'level' } as const];
    const { covariates, notes } = checkCovariates(
      names,
      [bars, daily].map((one) => ({ bars: one, rules })),
    );
    expect(covariates).toEqual([]);
    expect(notes).toMatchObject([
      { code: 'covariate_left_out', details: { symbol: 'VIX', error_code: 'not_finite' } },
      { code: 'covariate_left_out', details: { symbol: 'OFF', error_code: 'other_calendar' } },
    ]);
    expect(notes[0].message).toMatch(/^The covariate VIX is left out: /);
  });
});

describe('a covariate that is left out', () => {
  it.each([
    ['without bars', [], level, 'The covariate VIX is left out: there are no daily bars of VIX by then'],
    [
      'read by the range of closes',
      [{ bars: impossibleLows(), rules: { ...rules, closesOnly: true } }],
      range,
      'The covariate VIX:range is left out: of VIX only closes are stored, which have no range',
    ],
  ])('%s is named by a note', (_, found, name, message) => {
    const { covariates, notes } = checkCovariates([name], found);
    expect(covariates).toEqual([]);
    expect(notes).toMatchObject([{ code: 'covariate_left_out', message, details: name }]);
  });

  it('by its range because a bar is impossible says which', () => {
    const { notes } = checkCovariates([range], [{ bars: impossibleLows(), rules }]);
    expect(notes).toMatchObject([{ details: { error_code: 'inconsistent_bar' } }]);
    expect(notes[0].message).toContain('VIX:range is left out: VIX at ');
  });
});

describe('a series with covariates that are known in time', () => {
  const own = { ...simulatedSeries(1, 50), calendar: EVERY_DAY };
  const other = { ...simulatedSeries(2, 50), symbol: 'VIX' };
  const beside = (bars: number, calendar = EVERY_DAY) => ({
    series: { ...sliceSeries(other, 0, bars), calendar },
    measure: 'level' as const,
  });

  it('has their values', () => {
    const { series, notes } = withTimelyCovariates(own, [beside(50)]);
    expect(notes).toEqual([]);
    expect(series.covariates).toEqual([{ ...level, values: other.close }]);
  });

  it('lacks one that is late, and a note names the bar that is missing', () => {
    const { series, notes } = withTimelyCovariates(own, [beside(49)]);
    expect(series).toBe(own);
    const date = own.times[49];
    expect(notes).toMatchObject([
      {
        code: 'covariate_left_out',
        message: `The covariate VIX is left out: VIX has no bar of ${date}`,
        details: { ...level, date },
      },
    ]);
  });

  it('has what had closed: before the second half of a session that of the day before, with a half day that of the day', () => {
    // 2024-11-29 is a half day: its only half closes it.
    const times = [
      '2024-11-27T14:30:00Z',
      '2024-11-27T18:30:00Z',
      '2024-11-29T14:30:00Z',
      '2024-12-02T14:30:00Z',
    ];
    const halves = { ...sliceSeries(own, 0, 4), timeframe: '4h' as const, times, calendar: NEW_YORK };
    const dates = ['2024-11-26', '2024-11-27', '2024-11-29'];
    const daily = {
      series: { ...sliceSeries(other, 0, 3), times: dates, calendar: NEW_YORK },
      measure: 'level' as const,
    };
    const { series } = withTimelyCovariates(halves, [daily]);
    const [first, second, third] = other.close;
    expect(Array.from(series.covariates![0].values)).toEqual([first, second, third, third]);
  });

  it('has that of the day before where its market closes later, and names it when it is late', () => {
    const paris = { ...WEEKDAYS, name: 'XPAR', timeZone: 'Europe/Paris', close: '17:30' };
    const times = ['2024-11-26', '2024-11-27', '2024-11-29'];
    const daily = (calendar: TradingCalendar) => ({ ...sliceSeries(own, 0, 3), times, calendar });
    const dates = ['2024-11-25', '2024-11-26', '2024-11-27', '2024-11-28', '2024-11-29'];
    const of = (calendar: TradingCalendar, bars = 5) => ({
      series: { ...sliceSeries(other, 0, bars), times: dates.slice(0, bars), calendar },
      measure: 'level' as const,
    });
    const seen = (by: TradingCalendar, calendar: TradingCalendar) =>
      Array.from(withTimelyCovariates(daily(by), [of(calendar)]).series.covariates![0].values).map((value) =>
        dates.at(other.close.indexOf(value)),
      );
    expect(seen(paris, { ...NEW_YORK, name: 'VIX' })).toEqual(['2024-11-25', '2024-11-26', '2024-11-28']);
    expect(seen(NEW_YORK, EVERY_DAY)).toEqual(['2024-11-25', '2024-11-26', '2024-11-28']);
    expect(seen(NEW_YORK, paris)).toEqual(times);
    expect(seen(EVERY_DAY, NEW_YORK)).toEqual(['2024-11-26', '2024-11-27', '2024-11-29']);
    const { notes } = withTimelyCovariates(daily(NEW_YORK), [of(EVERY_DAY, 3)]);
    expect(notes).toMatchObject([{ details: { date: '2024-11-28' } }]);
  });

  it('lacks none whose market was closed, and names the session that it had before', () => {
    // A series of every day that ends on a Sunday.
    const sunday = own.times.findIndex((time) => new Date(time).getUTCDay() === 0 && time > own.times[7]);
    const weekend = sliceSeries(own, 0, sunday + 1);
    expect(withTimelyCovariates(weekend, [beside(sunday - 1, NEW_YORK)]).notes).toEqual([]);
    const { notes } = withTimelyCovariates(weekend, [beside(sunday - 2, NEW_YORK)]);
    expect(notes).toMatchObject([{ details: { date: own.times[sunday - 2] } }]);
  });
});
