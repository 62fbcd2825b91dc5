import { describe, expect, it } from 'vitest';
import { ensembleReportSchema } from '../../../src/shared/contracts/evaluation-report.ts';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import { assessPooled } from '../../../src/shared/divergence/pooled-assessment.ts';
import { windowValidation } from '../../../src/shared/evaluation/window-validation.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { meanOf } from '../../../src/shared/numerics/mean.ts';
import { pooledConfidenceSet } from '../../../src/shared/report/confidence-set.ts';
import { ensembleReport } from '../../../src/shared/report/ensemble-report.ts';
import { evaluateWindow } from '../../../src/shared/report/evaluate-window.ts';
import type { ScoredForecasts } from '../../../src/shared/scores/scored-forecasts.ts';
import { smallConfiguration, smallSeries, smallWindow } from '../evaluation/small-window.ts';
import { simulatedSeries } from '../models/simulated-series.ts';

const shares: number[] = [];
const own = evaluateWindow(smallSeries, smallWindow, smallConfiguration, {
  onProgress: (share) => shares.push(share),
});
const other = evaluateWindow(simulatedSeries(44, 390), smallWindow, smallConfiguration);
const report = ensembleReport(smallConfiguration, [own, other]);

describe('an evaluated window', () => {
  it('is to the bit what the job computes in one piece', () => {
    const validation = windowValidation({
      judgeFit,
      series: smallSeries,
      window: smallWindow,
      configuration: smallConfiguration,
    });
    validation.step(unlimitedBudget);
    expect(own.result).toEqual(validation.result());
  });

  it('tells its progress, which never falls', () => {
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });
});

describe("an ensemble's report", () => {
  it('keeps its schema through JSON', () => {
    const json = JSON.parse(JSON.stringify(report));
    expect(ensembleReportSchema.parse(json)).toEqual(json);
  });

  it('has the ensemble, its members and every benchmark for each window, each symbol and all', () => {
    const names = [
      'ensemble',
      'calibrated',
      'LSTM',
      'ARIMA_GARCH',
      'no_change',
      'fhs',
      'historical_simulation',
      'ewma',
      'har',
    ];
    for (const models of [report.windows[0].models, report.symbols[1].models, report.pooled.models]) {
      expect(Object.keys(models)).toEqual(names);
    }
    expect(report.pooled.models.ensemble.n).toBe(80);
    expect(report.symbols.map(({ models }) => models.har.n)).toEqual([40, 40]);
  });

  it("tests each symbol's windows together, and compares all models over all symbols", () => {
    const { models, confidence_set } = report.symbols[1].tests;
    expect(Object.keys(models)).toEqual(Object.keys(report.pooled.models));
    expect(Object.keys(confidence_set.models)).toEqual(Object.keys(models));
    const { test } = other.result;
    const differences = test.ensemble.crps.map((value, i) => value - test.fhs.crps[i]);
    expect(models.ensemble.diebold_mariano!.mean_difference).toBeCloseTo(meanOf(differences), 15);
    expect(models.ensemble.coverage.map(({ level, outside }) => [level, outside])).toEqual(
      report.symbols[1].models.ensemble.coverage.map(({ level, share }) => [
        level,
        Math.round(40 * (1 - share)),
      ]),
    );
    expect(report.pooled.confidence_set).toEqual(
      pooledConfidenceSet(
        [own, other].map(({ result, benchmarks }) => ({
          times: result.test.times,
          losses: Object.fromEntries(
            Object.entries({
              ...{ ensemble: result.test.ensemble, calibrated: result.test.combinations.calibrated },
              ...(result.test.members as Record<string, ScoredForecasts>),
              ...{ no_change: result.test.noChange, fhs: result.test.fhs, ...benchmarks },
            }).map(([name, { crps }]) => [name, crps]),
          ),
        })),
      ),
    );
  });

  it('names a window as the database does, with the same figures', () => {
    const { result, assessment } = own;
    expect(report.windows[0]).toMatchObject({
      symbol: smallSeries.symbol,
      window_id: 389,
      test_rmse: result.metrics.test.rmse,
      weights: smallConfiguration.weights,
      hyperparameters: result.hyperparameters,
    });
    expect(report.windows[0].models.ensemble.crps).toBeCloseTo(result.metrics.test.crps, 15);
    expect(report.windows[0].overfitting).toMatchObject({
      divergence: assessment.divergence.divergence,
      raw_divergence: assessment.rawDivergence,
      is_overfitting: assessment.verdict.isOverfitting,
    });
  });

  it('shows the simple average beside an ensemble with calibrated weights, and says what became of them', () => {
    const configuration = { ...smallConfiguration, weighting: 'calibrated' as const };
    const learned = { LSTM: 0.4, ARIMA_GARCH: 0.6 };
    const { result } = own;
    const decided = { ...result.calibration.decided, method: 'calibrated' as const, reason: null };
    const calibrated = {
      ...own,
      result: {
        ...result,
        calibration: { decided: { ...decided, weights: [0.4, 0.6] }, lastWeights: [0.2, 0.8] },
        test: { ...result.test, weighting: 'calibrated' as const },
      },
    };
    const { windows } = ensembleReport(configuration, [calibrated]);
    expect(Object.keys(windows[0].models).slice(0, 3)).toEqual(['ensemble', 'simple_avg', 'LSTM']);
    expect(windows[0].calibration).toMatchObject({
      ...{ method: 'calibrated', reason_code: null, reason: null },
      ...{ weights_at_start: learned, weights_at_end: { LSTM: 0.2, ARIMA_GARCH: 0.8 } },
    });
    // 50 scores are too few: the small window itself goes by the preset, and says so.
    expect(report.windows[0].calibration).toMatchObject({
      ...{ method: 'preset', samples: 50, span_days: 49, reason_code: 'too_few_samples' },
      weights_at_start: smallConfiguration.weights,
    });
  });

  it("judges a symbol's windows together as the pooled assessment does", () => {
    const { windowId, scored } = own.result;
    const found = assessPooled([{ windowId, scored, selectionBias: own.assessment.selectionBias }]);
    expect(report.symbols[0].overfitting).toMatchObject({
      divergence: found.divergence.divergence,
      selection_bias: null,
      is_overfitting: found.verdict.isOverfitting,
      is_implausible: found.implausibleSkill.length > 0,
      fit_optimism: { crps: { gap: found.fitOptimism.crps.gap, p_value: found.fitOptimism.crps.pValue } },
    });
  });

  it('counts verdicts', () => {
    const flagged = {
      ...other,
      assessment: {
        ...other.assessment,
        rawDivergence: 0.25,
        implausibleSkill: ['too good'],
        verdict: { ...other.assessment.verdict, isOverfitting: true },
      },
    };
    const calm = { ...own, assessment: { ...own.assessment, rawDivergence: 0.1 } };
    const { verdicts } = ensembleReport(smallConfiguration, [calm, flagged]).pooled;
    expect(verdicts).toMatchObject({ windows: 2, overfitting: 1, implausible: 1 });
    expect(verdicts.raw_divergence_above).toEqual({ '0.15': 1, '0.20': 1, '0.30': 0 });
  });
});
