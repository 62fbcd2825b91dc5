// Calibration on real bars: every other walk-forward window of the S&P 500 from 2000 to 2020, computed once, with small grids.
import { beforeAll, describe, expect, it } from 'vitest';
import type { EnsembleReport, Figures } from '../../src/shared/contracts/evaluation-report.ts';
import { judgeFit, judgeStoredWindow } from '../../src/shared/divergence/judge-fit.ts';
import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { restoreEnsemble } from '../../src/shared/ensemble/fitted-ensemble.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { type FitProcedureInput, fitProcedure } from '../../src/shared/evaluation/fit-procedure.ts';
import { rollingWindows, type Window } from '../../src/shared/evaluation/rolling-windows.ts';
import { windowValidation } from '../../src/shared/evaluation/window-validation.ts';
import type { Json } from '../../src/shared/json.ts';
import { unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { ensembleReport } from '../../src/shared/report/ensemble-report.ts';
import { type EvaluatedWindow, evaluateWindow } from '../../src/shared/report/evaluate-window.ts';
import { crpsFromQuantiles } from '../../src/shared/scores/crps.ts';
import { logReturns } from '../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../src/shared/series/series.ts';
import { recentScale, standIn, standInRegistry } from '../shared/ensemble/stand-in-members.ts';
import { copySeries } from '../shared/models/simulated-series.ts';
import { sp500 } from '../shared/series/sp500.ts';

const SIZES = { train: 1000, validation: 250, test: 250, step: 250 };
const PRESET = [0.5, 0.5];
const CONFIGURATION: EnsembleConfiguration = {
  ...defaultConfiguration,
  weighting: 'calibrated',
  meanFactors: [0.5],
  refitEvery: 125,
  grids: {
    LSTM: [
      {
        ...{ hiddenUnits: 8, lookback: 10, networks: 1, learningRate: 0.01, dropout: 0 },
        ...{ epochs: 4, batchSize: 64 },
      },
    ],
    ARIMA_GARCH: [{ variance: 'realized', innovations: 't', distribution: 'empirical' }],
  },
};
const ADAPTING: EnsembleConfiguration = { ...CONFIGURATION, conformalStep: 0.001 };

const series = sp500();
const returns = logReturns(series.close);
const windows = rollingWindows(series.times.length, SIZES).filter((_, i) => i % 2 === 0);
let evaluated: EvaluatedWindow[];
/** Some of the windows once more, with a conformal step. */
const ADAPTED = [1, 4, 7];
let adapted: EvaluatedWindow[];
let report: EnsembleReport;
let figures: Readonly<Record<string, Figures>>;

beforeAll(() => {
  evaluated = windows.map((window) => evaluateWindow(series, window, CONFIGURATION));
  adapted = ADAPTED.map((w) => evaluateWindow(series, windows[w], ADAPTING));
  report = ensembleReport(CONFIGURATION, evaluated);
  figures = report.pooled.models;
});

function evaluate(window: Window, bars = series, configuration = CONFIGURATION) {
  return evaluateWindow(bars, window, configuration).result;
}

/** A fit on the 1,250 bars before bar `end`, as a forecast job makes it. */
function liveFit(end: number, change: Partial<FitProcedureInput> = {}) {
  const input = {
    series: sliceSeries(series, end - 1250, end),
    train: 1000,
    validation: 250,
    configuration: CONFIGURATION,
    judgeFit,
    ...change,
  };
  const fit = fitProcedure(input);
  fit.step(unlimitedBudget);
  const { fitted, decision } = fit.result();
  return { fitted, weights: decision?.weights ?? null };
}

/** The bars of `end` and one bar of it changed. */
function perturbed(bar: number): Series {
  const changed = copySeries(series);
  for (const column of [changed.open, changed.high, changed.low, changed.close]) column[bar] *= 1.04;
  return changed;
}

describe('prediction intervals on twenty years of the S&P 500', () => {
  it('cover their share of 2,000 test bars at 50, 80, 90 and 95 %', () => {
    expect(figures.ensemble.n).toBe(2000);
    for (const { level, share } of figures.ensemble.coverage) {
      // Less than two standard errors of 2,000 bars at 50 %.
      expect(Math.abs(share - level)).toBeLessThan(0.02);
    }
  });

  it('cover it in calm, middle and stormy times alike', () => {
    const most = [0.06, 0.04, 0.03, 0.025];
    figures.ensemble.coverage.forEach(({ level, by_tercile }, l) => {
      for (const share of by_tercile) expect(Math.abs(share - level)).toBeLessThan(most[l]);
    });
  });

  it('which intervals that do not follow volatility do not', () => {
    const [calm, , stormy] = figures.historical_simulation.coverage[2].by_tercile;
    expect(calm).toBeGreaterThan(0.95);
    expect(stormy).toBeLessThan(0.8);
  });

  it('are reliable within single years too: no window covers 90 % in less than 80 or more than 97 %', () => {
    for (const { models } of report.windows) {
      const { share } = models.ensemble.coverage[2];
      expect(share).toBeGreaterThan(0.8);
      expect(share).toBeLessThan(0.97);
    }
  });

  it('come from quantiles whose levels are met: outcomes are spread evenly over their tenths', () => {
    const counts = new Array<number>(10).fill(0);
    for (const end of [1250, 4850]) {
      const { fitted } = liveFit(end);
      fitted.predictRange(series, end, end + 250).forEach(({ distribution }, i) => {
        const above = distribution.quantiles.findIndex((quantile) => returns[end + i - 1] <= quantile);
        counts[Math.min(9, Math.floor((above === -1 ? 199 : above) / 20))]++;
      });
    }
    // 50 are expected in each tenth of 500 outcomes; their standard deviation is 6.7.
    for (const count of counts) expect(Math.abs(count - 50)).toBeLessThan(27);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500);
  });
});

describe('weights learned on it', () => {
  it('come from 250 scores and most of a year, in every window', () => {
    for (const { calibration } of report.windows) {
      expect(calibration).toMatchObject({
        method: 'calibrated',
        samples: 250,
        reason_code: null,
        reason: null,
      });
      expect(calibration.span_days).toBeGreaterThan(350);
      expect(calibration.span_days).toBeLessThan(372);
    }
  });

  it('are between 0 and 1, sum to 1, and never leave a member out', () => {
    for (const { result } of evaluated) {
      const { decided, lastWeights } = result.calibration;
      for (const weights of [decided.weights, lastWeights]) {
        expect(weights[0] + weights[1]).toBeCloseTo(1, 12);
        for (const weight of weights) expect(weight).toBeGreaterThan(0.02);
      }
    }
  });

  it('are learned: they leave the preset, go on moving in test, and differ between windows', () => {
    const starts = evaluated.map(({ result }) => result.calibration.decided.weights[0]);
    const ends = evaluated.map(({ result }) => result.calibration.lastWeights[0]);
    expect(Math.max(...starts)).toBeGreaterThan(0.6);
    expect(Math.min(...starts)).toBeLessThan(0.4);
    starts.forEach((start, w) => {
      expect(start).not.toBe(PRESET[0]);
      expect(ends[w]).not.toBe(start);
    });
  });

  it('forecast as well as the preset and as the better member, and better than filtered historical simulation', () => {
    const { ARIMA_GARCH, ensemble, LSTM, simple_avg } = figures;
    expect(ensemble.crps_ratio / simple_avg.crps_ratio).toBeLessThan(1.001);
    const better = Math.min(LSTM.crps_ratio, ARIMA_GARCH.crps_ratio);
    expect(ensemble.crps_ratio / better).toBeLessThan(1.001);
    expect(ensemble.crps_ratio).toBeLessThan(0.995);
    expect(ensemble.crps_t!).toBeLessThan(-2);
    expect(ensemble.log_score_gain).toBeGreaterThan(0.01);
  });

  it('are what the window says they are: the same fit for a forecast learns the same', () => {
    const { decided } = evaluated[3].result.calibration;
    const { weights } = liveFit(windows[3].testFrom);
    expect(weights).toEqual(decided);
  });

  it('are the same bits when computed again, and after the artifact was stored', () => {
    expect(evaluate(windows[6])).toEqual(evaluated[6].result);
    const { fitted } = liveFit(2000);
    const restored = restoreEnsemble(JSON.parse(JSON.stringify(fitted.toJSON())) as Json);
    const past = sliceSeries(series, 0, 2010);
    expect(restored.predict(past)).toEqual(fitted.predict(past));
  });
});

describe('a bar of test that is another', () => {
  it('changes no forecast made before it came, and no weight that was used by then', () => {
    const window = windows[4];
    const bar = window.testFrom + 100;
    const { crps, mean, scale } = evaluated[4].result.test.ensemble;
    const other = evaluate(window, perturbed(bar));
    expect(other.calibration.decided).toEqual(evaluated[4].result.calibration.decided);
    expect(other.test.ensemble.mean.slice(0, 101)).toEqual(mean.slice(0, 101));
    expect(other.test.ensemble.scale.slice(0, 101)).toEqual(scale.slice(0, 101));
    expect(other.test.ensemble.crps.slice(0, 100)).toEqual(crps.slice(0, 100));
    expect(other.test.ensemble.crps[100]).not.toBe(crps[100]);
    expect(other.calibration.lastWeights).not.toEqual(evaluated[4].result.calibration.lastWeights);
  });

  it('changes nothing at all when it is the last one, but its own score', () => {
    const window = windows[5];
    const other = evaluate(window, perturbed(window.end - 1));
    const { calibration, test } = evaluated[5].result;
    expect(other.calibration).toEqual(calibration);
    expect(other.test.ensemble.mean).toEqual(test.ensemble.mean);
    expect(other.test.ensemble.crps.slice(0, 249)).toEqual(test.ensemble.crps.slice(0, 249));
  });
});

describe('weights are refused', () => {
  it('for fewer than 100 scores, and the preset goes on with the reason', () => {
    const { weights, fitted } = liveFit(1250, { train: 1151, validation: 99 });
    expect(weights).toMatchObject({
      ...{ method: 'preset', weights: PRESET, samples: 99 },
      reason: { code: 'too_few_samples', message: expect.stringMatching(/at least 100 .* there are 99/) },
    });
    expect(fitted.members.map(({ weight }) => weight)).toEqual(PRESET);
  });

  it('for scores of fewer than 30 days, however many they are', () => {
    // The same bars, thirteen to a day: 250 scores within twenty days.
    const times = series.times.slice(0, 1250).map((_, i) => {
      const day = series.times[Math.floor(i / 13)];
      return `${day}T${String(9 + (i % 13)).padStart(2, '0')}:00:00Z`;
    });
    const { weights } = liveFit(1250, {
      series: { ...sliceSeries(series, 0, 1250), times },
      registry: standInRegistry,
      configuration: { ...CONFIGURATION, grids: undefined },
    });
    expect(weights).toMatchObject({ method: 'preset', samples: 250, reason: { code: 'too_short_span' } });
    expect(weights!.reason!.message).toMatch(/at least 30 days; they span \d\d$/);
  });
});

describe('weights go back to the preset', () => {
  const memory = standIn('LSTM', [{}], (bars, bar, _, fittedBars) => ({
    mean: bar < fittedBars ? Math.log(bars.close[bar] / bars.close[bar - 1]) : 0,
    scale: recentScale(bars, bar),
  }));
  const registry = { ...standInRegistry, LSTM: { forecaster: memory, refittedInsideTest: false } };
  const remembering = { ...CONFIGURATION, grids: undefined, meanFactors: [1] };

  it('for a whole window whose fit remembers train, with the reason', () => {
    const validation = windowValidation({
      ...{ series, window: windows[5], configuration: remembering, registry, judgeFit },
    });
    validation.step(unlimitedBudget);
    const { calibration, test } = validation.result();
    expect(calibration).toMatchObject({
      decided: { method: 'preset', weights: PRESET, reason: { code: 'divergence' } },
      lastWeights: PRESET,
    });
    expect(calibration.decided.reason!.message).toMatch(/Fit optimism.*Divergence of RMSE [\d.]+ %/s);
    expect(test.ensemble).toEqual(test.combinations.simple_avg);
  });

  it('for a forecast after a window that was judged so, with the reason', () => {
    const { assessment } = evaluated[0];
    expect(
      judgeStoredWindow({ windowId: 1604, divergence: assessment.divergence.divergence, verdict: 'ok' }),
    ).toBe(null);
    const reversion = judgeStoredWindow({ windowId: 1604, divergence: 0.16, verdict: 'ok' });
    const { weights } = liveFit(1605, { reversion });
    expect(weights).toMatchObject({
      ...{ method: 'preset', weights: PRESET },
      reason: { code: 'divergence', message: expect.stringContaining('0.160') },
    });
  });
});

describe('conformal levels', () => {
  it('keep coverage, and cost next to nothing in CRPS', () => {
    const pooled = (some: readonly EvaluatedWindow[]) =>
      ensembleReport(CONFIGURATION, some).pooled.models.ensemble;
    const learning = pooled(adapted);
    const plain = pooled(ADAPTED.map((w) => evaluated[w]));
    expect(learning.coverage).not.toEqual(plain.coverage);
    learning.coverage.forEach(({ level, share }, l) => {
      // Three years alone do not cover exactly, adapted or not.
      const distance = Math.abs(plain.coverage[l].share - level);
      expect(Math.abs(share - level)).toBeLessThan(distance + 0.015);
    });
    expect(learning.crps_ratio / plain.crps_ratio).toBeLessThan(1.003);
  });

  it('are stored with the fit, and give quantiles in order', () => {
    const { fitted } = liveFit(3000, { configuration: { ...CONFIGURATION, conformalStep: 0.01 } });
    const plain = liveFit(3000).fitted;
    const restored = restoreEnsemble(JSON.parse(JSON.stringify(fitted.toJSON())) as Json);
    const past = sliceSeries(series, 0, 3000);
    const { distribution } = restored.predict(past, 5);
    expect(distribution).toEqual(fitted.predict(past, 5).distribution);
    expect(distribution.quantiles).not.toEqual(plain.predict(past, 5).distribution.quantiles);
    expect([...distribution.quantiles]).toEqual([...distribution.quantiles].sort((a, b) => a - b));
  });
});

describe('every figure', () => {
  it('is a number: no score, weight or quantile of twenty years is NaN', () => {
    for (const { result } of evaluated) {
      for (const { crps, logScore, mean, scale } of Object.values(result.test.combinations)) {
        for (const column of [crps, logScore, mean, scale]) {
          expect(column).toHaveLength(250);
          expect(column.every(Number.isFinite)).toBe(true);
        }
        expect(scale.every((value) => value > 0)).toBe(true);
      }
    }
  });

  it('that the report shows of a window is that of its bars', () => {
    const { result } = evaluated[7];
    const { models } = report.windows[7];
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(models.ensemble.crps).toBeCloseTo(mean(result.test.combinations.calibrated.crps), 15);
    expect(models.simple_avg.crps).toBeCloseTo(mean(result.test.combinations.simple_avg.crps), 15);
    expect(models.ensemble.crps).not.toBe(models.simple_avg.crps);
    const { fitted } = liveFit(windows[7].testFrom);
    const { trainFrom, testFrom } = windows[7];
    const { distribution } = fitted.predict(sliceSeries(series, trainFrom, testFrom));
    const outcome = returns[testFrom - 1];
    expect(crpsFromQuantiles(distribution.quantiles, outcome)).toBeCloseTo(result.test.ensemble.crps[0], 12);
  });
});
