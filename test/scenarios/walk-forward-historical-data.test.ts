import { describe, expect, it } from 'vitest';
import { parseDate } from '../../src/shared/calendars/civil-date.ts';
import { assessOverfitting } from '../../src/shared/divergence/assess-overfitting.ts';
import { judgeFit } from '../../src/shared/divergence/judge-fit.ts';
import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { availableMembers, type RegisteredMember } from '../../src/shared/ensemble/member-registry.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import {
  DEFAULT_WINDOW_SIZES,
  rollingWindows,
  type Window,
} from '../../src/shared/evaluation/rolling-windows.ts';
import { windowValidation } from '../../src/shared/evaluation/window-validation.ts';
import type { Json } from '../../src/shared/json.ts';
import { arimaGarch } from '../../src/shared/models/arima-garch/arima-garch.ts';
import { fhs } from '../../src/shared/models/benchmarks/fhs.ts';
import { type Forecaster, unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { lstm } from '../../src/shared/models/lstm/lstm.ts';
import { QUANTILE_LEVELS } from '../../src/shared/numerics/distributions/predictive-distribution.ts';
import { COVERAGE_LEVELS } from '../../src/shared/scores/coverage.ts';
import { type Series, sliceSeries } from '../../src/shared/series/series.ts';
import { sp500 } from '../shared/series/sp500.ts';

const series = sp500();
const sizes = DEFAULT_WINDOW_SIZES['1D'];
const windows = rollingWindows(series.times.length, sizes);
/** Test ends on 2020-04-17, in the storm; validation before it was calm. */
const STORM = windows.at(-1)!;
/** Test from 2017-04-26 to 2018-04-23. */
const CALM = windows.at(-3)!;

/** The default ensemble with one entry in each grid, so that it takes a second or two. */
const configuration: EnsembleConfiguration = {
  ...defaultConfiguration,
  grids: { LSTM: lstm.grid.slice(0, 1), ARIMA_GARCH: arimaGarch.grid.slice(0, 1) },
};

/** What was fitted on which bars, and which bars it forecast. */
interface Fit {
  readonly member: string;
  readonly bars: number;
  readonly last: string;
  readonly forecast: string[];
}

function recorded(member: RegisteredMember, fits: Fit[]): RegisteredMember {
  const { forecaster } = member;
  const recording: Forecaster = {
    ...forecaster,
    fit(bars, hyperparameters, options) {
      const resumable = forecaster.fit(bars, hyperparameters, options);
      const fit: Fit = {
        member: forecaster.name,
        bars: bars.times.length,
        last: bars.times.at(-1)!,
        forecast: [],
      };
      fits.push(fit);
      return {
        step: (budget) => resumable.step(budget),
        checkpoint: () => resumable.checkpoint(),
        progress: () => resumable.progress(),
        result() {
          const fitted = resumable.result();
          return {
            name: fitted.name,
            toJSON: () => fitted.toJSON(),
            predict: (history, steps) => fitted.predict(history, steps),
            predictRange(known, from, to) {
              fit.forecast.push(...known.times.slice(from, to));
              return fitted.predictRange(known, from, to);
            },
          };
        },
      };
    },
  };
  return { ...member, forecaster: recording };
}

function validate(window: Window, bars: Series = series) {
  const fits: Fit[] = [];
  const registry = {
    LSTM: recorded(availableMembers.LSTM!, fits),
    ARIMA_GARCH: recorded(availableMembers.ARIMA_GARCH!, fits),
  };
  const validation = windowValidation({ judgeFit, series: bars, window, configuration, registry });
  validation.step(unlimitedBudget);
  const result = validation.result();
  return { fits, result, assessment: assessOverfitting(result.scored) };
}

const calm = validate(CALM);
const storm = validate(STORM);
const both = [
  ['calm', CALM, calm],
  ['storm', STORM, storm],
] as const;

/** Log returns of the bars `from` to `to` - 1, by the platform's logarithm. */
const returnsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => Math.log(series.close[from + i] / series.close[from + i - 1]));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rootMeanSquare = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => value * value)));

describe('the rolling origin over 20 years of the S&P 500', () => {
  it('gives 15 windows of 1000, 250 and 250 bars, oldest first, the last one to the last bar', () => {
    expect(windows).toHaveLength(15);
    for (const { trainFrom, validationFrom, testFrom, end, windowId } of windows) {
      expect([validationFrom - trainFrom, testFrom - validationFrom, end - testFrom]).toEqual([
        1000, 250, 250,
      ]);
      expect(windowId).toBe(end - 1);
    }
    expect(windows.map(({ end }) => end)).toEqual(Array.from({ length: 15 }, (_, i) => 1605 + 250 * i));
    expect(series.times[STORM.end - 1]).toBe('2020-04-17');
  });

  it('tests every bar from the first tested one on, and none twice', () => {
    const tested = windows.flatMap(({ testFrom, end }) =>
      Array.from({ length: end - testFrom }, (_, i) => testFrom + i),
    );
    expect(tested).toEqual(Array.from({ length: 3750 }, (_, i) => 1355 + i));
  });

  it("makes each window's test the next one's validation", () => {
    for (let w = 1; w < windows.length; w++) {
      expect([windows[w].validationFrom, windows[w].testFrom]).toEqual([
        windows[w - 1].testFrom,
        windows[w - 1].end,
      ]);
    }
  });

  it('refuses a series that one window does not fit into, and says how many bars are missing', () => {
    expect(() => rollingWindows(1499, sizes)).toThrow(
      expect.objectContaining({ code: 'too_few_bars_for_window', details: { have: 1499, need: 1500 } }),
    );
    expect(rollingWindows(1500, sizes)).toHaveLength(1);
  });

  it('refuses a window beyond the bars there are, and one whose train leaves nothing to score', () => {
    const beyond = { ...STORM, end: STORM.end + 1 };
    expect(() => windowValidation({ judgeFit, series, window: beyond, configuration })).toThrow(
      expect.objectContaining({ code: 'window_out_of_range' }),
    );
    const short = { windowId: 749, trainFrom: 0, validationFrom: 250, testFrom: 500, end: 750 };
    expect(() => windowValidation({ judgeFit, series, window: short, configuration })).toThrow(
      expect.objectContaining({
        code: 'too_few_bars',
        details: expect.objectContaining({ have: 250, need: 251 }),
      }),
    );
  });

  it('refuses a part in which nothing moves, by its name and dates', () => {
    const flat = { ...series, close: series.close.slice() };
    flat.close.fill(flat.close[STORM.testFrom - 1], STORM.testFrom);
    expect(() => windowValidation({ judgeFit, series: flat, window: STORM, configuration })).toThrow(
      expect.objectContaining({
        code: 'constant_series',
        message: expect.stringMatching(/test part.*2020-04-17/),
      }),
    );
  });
});

describe.each(both)('the window in the %s', (_, window, { fits, result }) => {
  const { validationFrom, testFrom, end } = window;
  const tested = series.times.slice(testFrom, end);

  it('tunes on train, then fits on train and validation, and knows no bar of test before', () => {
    const tuning = fits.filter(({ bars }) => bars === 1000);
    expect(tuning.map(({ member, last }) => [member, last])).toEqual([
      ['LSTM', series.times[validationFrom - 1]],
      ['ARIMA_GARCH', series.times[validationFrom - 1]],
    ]);
    expect(result.cutoffTime).toBe(series.times[testFrom - 1]);
    expect(result.cutoffTime < result.test.times[0]).toBe(true);
    const refits = fits.filter(({ bars }) => bars === 1250);
    expect(refits.slice(0, 2).map(({ member, last }) => [member, last])).toEqual([
      ['LSTM', result.cutoffTime],
      ['ARIMA_GARCH', result.cutoffTime],
    ]);
  });

  it('fits the statistical member anew every 21 bars on the 1,250 before, the LSTM not', () => {
    const later = fits.filter(({ bars, last }) => bars === 1250 && last > result.cutoffTime);
    expect(later.map(({ member, last }) => [member, last])).toEqual(
      Array.from({ length: 11 }, (_, k) => ['ARIMA_GARCH', series.times[testFrom - 1 + 21 * (k + 1)]]),
    );
    expect(result.refits).toBe(11);
  });

  it('forecasts each test bar once by each member, by a fit that ends before it', () => {
    expect(result.test.times).toEqual(tested);
    for (const member of ['LSTM', 'ARIMA_GARCH']) {
      const own = fits.filter((fit) => fit.member === member && fit.bars === 1250);
      expect(own.flatMap(({ forecast }) => forecast)).toEqual(tested);
      for (const { forecast, last } of own) for (const time of forecast) expect(time > last).toBe(true);
    }
  });

  it('holds forecasts against the returns that came', () => {
    const realised = returnsOf(testFrom, end);
    Array.from(result.test.ensemble.realised).forEach((value, i) => {
      expect(value).toBeCloseTo(realised[i], 13);
    });
  });

  it('has metrics that follow from the forecasts', () => {
    const realised = returnsOf(testFrom, end);
    const forecast = Array.from(result.test.ensemble.mean);
    const errors = realised.map((value, i) => value - forecast[i]);
    const moved = realised.map((value, i) => [value, forecast[i]]).filter(([value]) => value !== 0);
    const { test } = result.metrics;
    expect(test.bars).toBe(250);
    expect(test.rmse).toBeCloseTo(rootMeanSquare(errors), 13);
    expect(test.meanAbsoluteError).toBeCloseTo(mean(errors.map(Math.abs)), 13);
    expect(test.directionalAccuracy).toBeCloseTo(
      mean(moved.map(([value, guess]) => (value > 0 === guess > 0 ? 1 : 0))),
      13,
    );
    expect(test.baseRate).toBeCloseTo(mean(moved.map(([value]) => (value > 0 ? 1 : 0))), 13);
    expect(test.crps).toBeCloseTo(mean(Array.from(result.test.ensemble.crps)), 13);
    expect(test.coverage.map(({ level }) => level)).toEqual(COVERAGE_LEVELS);
    test.coverage.forEach(({ share }, level) => {
      expect(share).toBeCloseTo(mean(Array.from(result.test.ensemble.covered[level])), 13);
    });
  });

  it('weighs the means of its members by one half each', () => {
    const { LSTM, ARIMA_GARCH } = result.test.members;
    Array.from(result.test.ensemble.mean).forEach((value, i) => {
      expect(value).toBeCloseTo((LSTM!.mean[i] + ARIMA_GARCH!.mean[i]) / 2, 13);
    });
  });

  it('has "no change" beside it: its errors are the returns themselves', () => {
    const { noChange } = result.benchmarks;
    const { trainFrom } = window;
    // Train is scored from the bar on from which all can forecast.
    expect(noChange.train.rmse).toBeCloseTo(rootMeanSquare(returnsOf(trainFrom + 250, validationFrom)), 13);
    expect(noChange.validation.rmse).toBeCloseTo(rootMeanSquare(returnsOf(validationFrom, testFrom)), 13);
    expect(noChange.test.rmse).toBeCloseTo(rootMeanSquare(returnsOf(testFrom, end)), 13);
    expect(noChange.test.directionalAccuracy).toBeNull();
    expect([result.metrics.train.bars, noChange.train.bars]).toEqual([750, 750]);
  });

  it('has filtered historical simulation beside it, fitted on the same bars and not again', () => {
    const bars = sliceSeries(series, window.trainFrom, end);
    const fit = fhs.fit(sliceSeries(bars, 0, 1250), fhs.grid[0], { seed: 0 });
    fit.step(unlimitedBudget);
    const realised = returnsOf(testFrom, end);
    // CRPS as twice the mean pinball loss over the quantile levels.
    const scores = fit
      .result()
      .predictRange(bars, 1250, 1500)
      .map(({ quantiles }, i) =>
        mean(
          QUANTILE_LEVELS.map((level, q) => {
            const distance = realised[i] - quantiles[q];
            return 2 * Math.max(level * distance, (level - 1) * distance);
          }),
        ),
      );
    // The levels leave out a quarter of a per cent in each tail, which is scored too.
    expect(result.benchmarks.fhs.test.crps / mean(scores)).toBeCloseTo(1, 2);
    const ratios = scores.map((score, i) => score / result.test.fhs.crps[i]);
    expect(Math.max(...ratios)).toBeLessThan(1.02);
    expect(Math.min(...ratios)).toBeGreaterThan(0.9);
  });

  it('chose the mean factor that validation speaks for, among as many trials as it says', () => {
    const { trialScores } = result.scored;
    expect(trialScores).toHaveLength(2);
    const differences = Array.from(trialScores[0], (score, bar) => score - trialScores[1][bar]);
    const gain = mean(differences);
    const spread = Math.sqrt(mean(differences.map((difference) => (difference - gain) ** 2)));
    // The first factor stays unless the second is better by two standard errors.
    const clearlyBetter = gain > (2 * spread) / Math.sqrt(differences.length - 1);
    expect(result.meanFactor).toBe(configuration.meanFactors[clearlyBetter ? 1 : 0]);
    expect(result.hyperparameters).toEqual({ LSTM: lstm.grid[0], ARIMA_GARCH: arimaGarch.grid[0] });
  });

  it('says which days it spans', () => {
    expect([result.firstBarTime, result.lastBarTime]).toEqual([
      series.times[window.trainFrom],
      series.times[end - 1],
    ]);
    expect(result.dataSpanDays).toBe(parseDate(result.lastBarTime) - parseDate(result.firstBarTime));
    expect(result.windowId).toBe(end - 1);
  });

  it('is about as good as anybody is: an RMSE ratio near 1, a CRPS a little below that of the benchmark', () => {
    const { metrics, benchmarks } = result;
    const rmseRatio = metrics.test.rmse / benchmarks.noChange.test.rmse;
    expect(rmseRatio).toBeGreaterThan(0.985);
    expect(rmseRatio).toBeLessThan(1.015);
    const crpsRatio = metrics.test.crps / benchmarks.fhs.test.crps;
    expect(crpsRatio).toBeGreaterThan(0.96);
    expect(crpsRatio).toBeLessThan(1.02);
    expect(metrics.test.directionalAccuracy).toBeGreaterThan(0.4);
    expect(metrics.test.directionalAccuracy).toBeLessThan(0.65);
  });

  it('covers about what its intervals promise', () => {
    for (const { level, share } of result.metrics.test.coverage) {
      // Four binomial standard errors of 250 bars: a storm comes in clusters.
      const allowed = 4 * Math.sqrt((level * (1 - level)) / 250);
      expect(Math.abs(share - level)).toBeLessThan(allowed);
    }
  });
});

describe('the spring of 2020', () => {
  it('has a raw divergence above 30 %, which is the volatility, and no divergence relative to no change', () => {
    const { assessment } = storm;
    expect(assessment.rawDivergence).toBeGreaterThan(0.3);
    expect(assessment.volatilityShift).toBeGreaterThan(1.5);
    expect(assessment.divergence.divergence).toBeLessThan(0.05);
    // The raw measure is nothing but the shift, seen through the model.
    expect(assessment.rawDivergence).toBeCloseTo(assessment.volatilityShift - 1, 1);
  });

  it('is not called overfitting, nor implausible, and neither is the calm before', () => {
    for (const { assessment } of [calm, storm]) {
      expect(assessment.verdict).toMatchObject({ isOverfitting: false, reasons: [], level: 'normal' });
      expect(assessment.implausibleSkill).toEqual([]);
    }
  });

  it('too few trials give no probability of backtest overfitting', () => {
    expect(storm.assessment).toMatchObject({ trials: 2, backtestOverfittingProbability: null });
  });

  it('is met by forecasts that widen with it, the day after and not before', () => {
    const { ensemble, times } = storm.result.test;
    const scaleOn = (date: string) => ensemble.scale[times.indexOf(date)];
    expect(scaleOn('2020-03-17') / scaleOn('2020-02-19')).toBeGreaterThan(4);
    // 24 February fell by 3.4 % out of calm: the forecast for it was still that of a calm day.
    expect(scaleOn('2020-02-24')).toBeLessThan(2 * scaleOn('2020-02-19'));
    expect(scaleOn('2020-02-25')).toBeGreaterThan(1.5 * scaleOn('2020-02-24'));
  });
});

describe('the same data', () => {
  it('give the same bits again, from the bars of the window alone', () => {
    const alone = { windowId: STORM.windowId, trainFrom: 0, validationFrom: 1000, testFrom: 1250, end: 1500 };
    const again = validate(alone, sliceSeries(series, STORM.trainFrom, STORM.end));
    expect(again.result).toEqual(storm.result);
    expect(again.assessment).toEqual(storm.assessment);
  });

  it('give the same forecasts of the first 100 test bars when nothing came after them', () => {
    const early = validate({ ...CALM, end: CALM.testFrom + 100 }).result;
    for (const column of ['mean', 'scale', 'crps', 'logScore'] as const) {
      expect(early.test.ensemble[column]).toEqual(calm.result.test.ensemble[column].slice(0, 100));
    }
    expect(early.metrics.validation).toEqual(calm.result.metrics.validation);
  });

  it('end in the same bits when the work is cut again and again and resumed from JSON', () => {
    const given = { judgeFit, series, window: CALM, configuration };
    let validation = windowValidation(given);
    let cuts = 0;
    for (let done = false; !done; cuts++) {
      // Of different lengths, so that the cuts fall into tuning, fits, benchmarks and test alike.
      let units = 1 + ((7 * cuts) % 23);
      done = validation.step({ expired: () => --units <= 0 });
      const checkpoint = JSON.parse(JSON.stringify(validation.checkpoint())) as Json;
      validation = windowValidation({ ...given, checkpoint });
    }
    expect(cuts).toBeGreaterThan(5);
    expect(validation.result()).toEqual(calm.result);
  });
});
