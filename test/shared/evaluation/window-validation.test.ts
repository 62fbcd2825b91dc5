import { describe, expect, it } from 'vitest';
import { assessOverfitting } from '../../../src/shared/divergence/assess-overfitting.ts';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import { configurationHash } from '../../../src/shared/ensemble/configuration-hash.ts';
import { EnsembleFit } from '../../../src/shared/ensemble/ensemble-fit.ts';
import { combineMembers } from '../../../src/shared/ensemble/fitted-ensemble.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import {
  type WindowValidationInput,
  windowValidation,
} from '../../../src/shared/evaluation/window-validation.ts';
import type { Json } from '../../../src/shared/json.ts';
import { arimaGarch } from '../../../src/shared/models/arima-garch/arima-garch.ts';
import { fhs } from '../../../src/shared/models/benchmarks/fhs.ts';
import { noChange } from '../../../src/shared/models/benchmarks/no-change.ts';
import {
  type FittedForecaster,
  type Forecaster,
  unlimitedBudget,
} from '../../../src/shared/models/forecaster.ts';
import { scoreForecasts } from '../../../src/shared/scores/scored-forecasts.ts';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../src/shared/series/series.ts';
import { recentScale, standIn, standInRegistry } from '../ensemble/stand-in-members.ts';
import { simulatedSeries } from '../models/simulated-series.ts';
import { smallConfiguration, smallSeries, smallWindow } from './small-window.ts';

const input: WindowValidationInput = {
  judgeFit,
  series: smallSeries,
  window: smallWindow,
  configuration: smallConfiguration,
};

function run(given: WindowValidationInput) {
  const validation = windowValidation(given);
  expect(validation.step(unlimitedBudget)).toBe(true);
  return validation.result();
}

function fitted(
  forecaster: Forecaster,
  series: Series,
  hyperparameters = forecaster.grid[0],
): FittedForecaster {
  const fit = forecaster.fit(series, hyperparameters, { seed: 0 });
  fit.step(unlimitedBudget);
  return fit.result();
}

const rootMeanSquare = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('validating a window', () => {
  const result = run(input);
  const bars = sliceSeries(smallSeries, 20, 390);
  const returns = logReturns(bars.close);

  it('says what was validated, on which bars', () => {
    expect(result).toMatchObject({
      symbol: 'SIM21',
      timeframe: '1D',
      windowId: 389,
      ensemble: 'candidate',
      configHash: configurationHash(smallConfiguration),
      firstBarTime: smallSeries.times[20],
      cutoffTime: smallSeries.times[349],
      lastBarTime: smallSeries.times[389],
      dataSpanDays: 369,
      sampleSizes: { train: 280, validation: 50, test: 40 },
      modelsUsed: ['LSTM', 'ARIMA_GARCH'],
      refits: 1,
    });
    expect(result.metrics.train.bars).toBe(30);
    expect(result.metrics.validation.bars).toBe(50);
    expect(result.metrics.test.bars).toBe(40);
    expect(result.scored.trialScores).toHaveLength(4);
    expect(Object.keys(result.hyperparameters)).toEqual(['LSTM', 'ARIMA_GARCH']);
  });

  it('forecasts each test bar once, the cheap member fitted anew every 21 bars, the LSTM not', () => {
    const fit = new EnsembleFit({
      series: sliceSeries(bars, 0, 330),
      train: 280,
      validation: 50,
      configuration: smallConfiguration,
      scoreFrom: 250,
    });
    fit.step(unlimitedBudget);
    const { chosen, fitted: ensemble, meanFactor } = fit.result();
    const lstm = ensemble.members[0].fitted;
    const expected = Array.from({ length: 40 }, (_, i) => {
      const from = i < 21 ? 0 : 21;
      const known = sliceSeries(bars, from, 330 + i);
      const statistical = fitted(arimaGarch, sliceSeries(bars, from, from + 330), chosen.ARIMA_GARCH);
      const past = returns.subarray(0, 329 + i);
      const half = past.reduce((sum, value) => sum + value, 0) / past.length / 2;
      return combineMembers([lstm.predict(known), statistical.predict(known)], [0.3, 0.7], half, meanFactor);
    });
    const scored = scoreForecasts(expected, returns.subarray(329));
    const errors = Array.from(scored.mean, (mean, i) => returns[329 + i] - mean);
    expect(result.metrics.test.rmse).toBeCloseTo(rootMeanSquare(errors), 12);
    expect(result.metrics.test.crps).toBeCloseTo(scored.crps.reduce((sum, value) => sum + value, 0) / 40, 12);
  });

  it('holds the benchmarks against the same bars: fitted on train, then on train and validation', () => {
    const { noChange: none, fhs: simulation } = result.benchmarks;
    expect(none.train.rmse).toBeCloseTo(rootMeanSquare([...returns.subarray(249, 279)]), 14);
    expect(none.validation.rmse).toBeCloseTo(rootMeanSquare([...returns.subarray(279, 329)]), 14);
    expect(none.test.rmse).toBeCloseTo(rootMeanSquare([...returns.subarray(329)]), 14);

    const crps = (forecaster: Forecaster, fitBars: number, from: number, to: number) => {
      const forecasts = fitted(forecaster, sliceSeries(bars, 0, fitBars)).predictRange(bars, from, to);
      const { crps: scores } = scoreForecasts(forecasts, returns.subarray(from - 1, to - 1));
      return scores.reduce((sum, value) => sum + value, 0) / scores.length;
    };
    expect(simulation.train.crps).toBeCloseTo(crps(fhs, 280, 250, 280), 14);
    expect(simulation.validation.crps).toBeCloseTo(crps(fhs, 280, 280, 330), 14);
    expect(simulation.test.crps).toBeCloseTo(crps(fhs, 330, 330, 370), 14);
    expect(none.test.crps).toBeCloseTo(crps(noChange, 330, 330, 370), 14);
    const found = assessOverfitting(result.scored);
    expect(found.divergence.relative.test).toBeCloseTo(result.metrics.test.rmse / none.test.rmse, 14);
    expect(found.crpsDivergence.relative.test).toBeCloseTo(
      result.metrics.test.crps / simulation.test.crps,
      14,
    );
  });

  it('is plain data beside its scores: nothing is lost in JSON', () => {
    const { scored: _scored, test: _test, ...figures } = result;
    expect(JSON.parse(JSON.stringify(figures))).toEqual(figures);
  });

  it('uses the bars of its window only', () => {
    const alone = { windowId: 389, trainFrom: 0, validationFrom: 280, testFrom: 330, end: 370 };
    expect(run({ ...input, series: bars, window: alone })).toEqual(result);
  });

  it('cut after every unit and resumed elsewhere ends in the same bits', () => {
    let validation = windowValidation(input);
    let progress = 0;
    for (let done = false; !done; ) {
      done = validation.step({ expired: () => true });
      expect(validation.progress()).toBeGreaterThanOrEqual(progress);
      progress = validation.progress();
      const checkpoint = JSON.parse(JSON.stringify(validation.checkpoint())) as Json;
      validation = windowValidation({ ...input, checkpoint });
      expect(validation.progress()).toBeCloseTo(progress, 12);
    }
    expect(validation.step({ expired: () => true })).toBe(true);
    expect(progress).toBe(1);
    expect(validation.result()).toEqual(result);
  });

  it.each<[string, Json]>([
    ['of another shape', { ensembleFit: null, benchmarks: [], testPart: null }],
    ['that is null', null],
    ['whose procedure is not done', { done: [{ done: [], running: null }], running: null }],
  ])('refuses a checkpoint %s', (_what, checkpoint) => {
    expect(() => windowValidation({ ...input, checkpoint })).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });

  it('has no result before it is done', () => {
    expect(() => windowValidation(input).result()).toThrow(/no result yet/);
  });

  it.each([{ trainFrom: -1 }, { end: 391 }, { validationFrom: 20 }, { testFrom: 390 }])(
    'refuses a window with %j',
    (change) => {
      expect(() => windowValidation({ ...input, window: { ...smallWindow, ...change } })).toThrow(
        expect.objectContaining({ name: 'InvalidInputError', code: 'window_out_of_range' }),
      );
    },
  );
});

describe('a window with calibrated weights', () => {
  // Enough scores in validation to learn from, members that cost nothing, and several stretches.
  const learning: WindowValidationInput = {
    judgeFit,
    series: simulatedSeries(22, 460),
    window: { windowId: 459, trainFrom: 0, validationFrom: 280, testFrom: 400, end: 460 },
    configuration: { ...defaultConfiguration, weighting: 'calibrated', conformalStep: 0.005 },
    registry: standInRegistry,
  };
  const result = run(learning);
  const [preset, start, end] = [
    [0.5, 0.5],
    result.calibration.decided.weights,
    result.calibration.lastWeights,
  ];

  it('begins test with those learned on validation, and goes on learning', () => {
    expect(result.calibration.decided).toMatchObject({
      method: 'calibrated',
      samples: 120,
      spanDays: 119,
      reason: null,
    });
    expect(start).not.toEqual(preset);
    expect(end).not.toEqual(start);
    expect(end.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it('forecasts each test bar as one who combines and learns bar by bar from the start of validation', () => {
    const fit = new EnsembleFit({
      series: sliceSeries(learning.series, 0, 400),
      train: 280,
      validation: 120,
      configuration: learning.configuration,
      scoreFrom: 250,
      registry: standInRegistry,
    });
    fit.step(unlimitedBudget);
    const { combinations, fitted: ensemble } = fit.result();
    const combination = combinations.calibrated.copy();
    const returns = logReturns(learning.series.close);
    // A stand-in fitted anew is the same again, but for the mean that is shrunk towards: that is the first fit's.
    const scored = scoreForecasts(
      ensemble.predictRange(learning.series, 400, 460).map((forecast, i) => {
        const members = ensemble.shrunkMembers(forecast);
        const distribution = combination.combine(members);
        combination.learn(members, returns[399 + i]);
        return distribution;
      }),
      returns.subarray(399),
    );
    expect(result.test.ensemble.crps.length).toBe(60);
    scored.crps.forEach((crps, i) => {
      expect(result.test.ensemble.crps[i]).toBeCloseTo(crps, 9);
    });
  });

  it('shows the simple average of the same members beside', () => {
    const { configuration } = learning;
    const plain = run({ ...learning, configuration: { ...configuration, weighting: undefined } });
    expect(plain.test.combinations).toEqual(result.test.combinations);
    expect(plain.test.ensemble).toEqual(result.test.combinations.simple_avg);
    expect(result.test.ensemble).toEqual(result.test.combinations.calibrated);
    expect(plain.test.ensemble.crps).not.toEqual(result.test.ensemble.crps);
  });

  it('cut after every unit and resumed elsewhere ends in the same bits', () => {
    let validation = windowValidation(learning);
    while (!validation.step({ expired: () => true })) {
      const checkpoint = JSON.parse(JSON.stringify(validation.checkpoint())) as Json;
      validation = windowValidation({ ...learning, checkpoint });
    }
    const checkpoint = JSON.parse(JSON.stringify(validation.checkpoint())) as Json;
    expect(windowValidation({ ...learning, checkpoint }).result()).toEqual(result);
    expect(validation.result()).toEqual(result);
  });

  it('goes by the preset throughout when its fit was judged, by train and validation only', () => {
    const reason = { code: 'overfitting', message: 'it is' } as const;
    const judged: number[][] = [];
    const reverted = run({
      ...learning,
      judgeFit: (train, validation) => {
        judged.push([train.crps.length, validation.crps.length]);
        return reason;
      },
    });
    expect(judged).toEqual([[30, 120]]);
    expect(reverted.calibration).toMatchObject({
      decided: { method: 'preset', weights: preset, reason },
      lastWeights: preset,
    });
    expect(reverted.test.ensemble).toEqual(reverted.test.combinations.simple_avg);
  });

  it('goes by the preset when validation is too short to learn from', () => {
    const { calibration } = run({ ...learning, window: { ...learning.window, validationFrom: 301 } });
    expect(calibration.decided).toMatchObject({ method: 'preset', reason: { code: 'too_few_samples' } });
  });
});

describe('a window is refused', () => {
  it.each([
    ['train', 20, 300],
    ['validation', 300, 350],
    ['test', 350, 390],
  ])('before any work when its %s part does not move', (part, from, to) => {
    const close = smallSeries.close.slice();
    close.fill(close[from - 1], from, to);
    expect(() => windowValidation({ ...input, series: { ...smallSeries, close } })).toThrowError(
      expect.objectContaining({
        code: 'constant_series',
        message: expect.stringContaining(`The ${part} part`),
      }),
    );
  });
});

describe('what a window finds', () => {
  const leaking = standIn('LSTM', [{}], (series, bar) => ({
    // The very return it forecasts, of which the ensemble keeps half.
    mean: bar < series.times.length ? Math.log(series.close[bar] / series.close[bar - 1]) : 0,
    scale: recentScale(series, bar),
  }));

  it('of a member that sees the bar it forecasts: implausible skill', () => {
    const { scored } = run({
      ...input,
      configuration: { ...defaultConfiguration, meanFactors: [1] },
      registry: { ...standInRegistry, LSTM: { forecaster: leaking, refittedInsideTest: false } },
    });
    expect(assessOverfitting(scored).implausibleSkill.join(' ')).toMatch(
      /RMSE on test is 0\.\d+ of no change/,
    );
  });

  it('of honest members: none', () => {
    const found = assessOverfitting(
      run({ ...input, configuration: defaultConfiguration, registry: standInRegistry }).scored,
    );
    expect(found.implausibleSkill).toEqual([]);
    expect(found.verdict.isOverfitting).toBe(false);
    expect(found.trials).toBe(12);
    expect(found.backtestOverfittingProbability).not.toBeNull();
  });

  it('of a member that remembers the bars it was fitted on: overfitting, with the reason', () => {
    const memory = standIn('LSTM', [{}], (series, bar, _, fittedBars) => ({
      mean: bar < fittedBars ? Math.log(series.close[bar] / series.close[bar - 1]) : 0.02 * (bar % 2) - 0.01,
      scale: recentScale(series, bar),
    }));
    const { scored } = run({
      ...input,
      configuration: { ...defaultConfiguration, weights: { LSTM: 1 }, meanFactors: [1] },
      registry: { LSTM: { forecaster: memory, refittedInsideTest: false } },
    });
    const { verdict } = assessOverfitting(scored);
    expect(verdict.isOverfitting).toBe(true);
    expect(verdict.reasons.join(' ')).toMatch(/Fit optimism of squared error/);
  });
});
