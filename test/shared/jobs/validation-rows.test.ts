import { describe, expect, it } from 'vitest';
import type { OverfittingAssessment } from '../../../src/shared/divergence/assess-overfitting.ts';
import type { PartMetrics, WindowResult } from '../../../src/shared/evaluation/window-result.ts';
import { validationRows } from '../../../src/shared/jobs/validation-rows.ts';

/** Every figure another number, so that one in the wrong place shows. */
let next = 0;
const figure = () => ++next / 1000;
const part = (): PartMetrics => ({
  bars: 100 + Math.round(1000 * figure()),
  rmse: figure(),
  meanAbsoluteError: figure(),
  crps: figure(),
  directionalAccuracy: figure(),
  baseRate: figure(),
  coverage: [0.5, 0.8, 0.9, 0.95].map((level) => ({ level, share: figure() })),
});
const parts = () => ({ train: part(), validation: part(), test: part() });
const gap = () => ({
  earlierMean: figure(),
  laterMean: figure(),
  gap: figure(),
  standardError: figure(),
  pValue: figure(),
  floor: figure(),
});
const relative = () => ({
  relative: { train: figure(), validation: figure(), test: figure() },
  trainToValidation: figure(),
  validationToTest: figure(),
  divergence: figure(),
});

const result: WindowResult = {
  symbol: 'SPX',
  timeframe: '1D',
  windowId: 1499,
  ensemble: 'candidate',
  configHash: 'abc',
  firstBarTime: '2020-01-01',
  cutoffTime: '2020-01-02',
  lastBarTime: '2020-01-03',
  dataSpanDays: 2,
  sampleSizes: { train: 1000, validation: 250, test: 251 },
  modelsUsed: ['LSTM', 'ARIMA_GARCH'],
  dropped: [],
  failedCandidates: [],
  hyperparameters: { LSTM: { hiddenUnits: 8 }, ARIMA_GARCH: { variance: 'gjr' } },
  meanFactor: 0.5,
  calibration: {
    decided: { method: 'calibrated', weights: [0.4, 0.6], samples: 250, spanDays: 360, reason: null },
    lastWeights: [0.3, 0.7],
  },
  refits: 11,
  metrics: parts(),
  benchmarks: { noChange: parts(), fhs: parts(), eventFhs: parts() },
  test: undefined as never,
  scored: undefined as never,
};
const assessment: OverfittingAssessment = {
  divergence: relative(),
  crpsDivergence: relative(),
  selectionGap: { squaredError: gap(), crps: gap() },
  fitOptimism: { squaredError: gap(), crps: gap() },
  backtestOverfittingProbability: figure(),
  selectionBias: figure(),
  trials: 24,
  foresight: { mean: figure(), scale: figure() },
  implausibleSkill: [],
  volatilityShift: figure(),
  rawDivergence: figure(),
  verdict: { isOverfitting: false, reasons: [], level: 'normal', threshold: 0.2 },
};
const identity = { horizon: '1D', codeVersion: '9.9.9', validatedAt: '2024-01-02T03:04:05Z' };

describe('validationRows', () => {
  const { metrics, tests } = validationRows(result, assessment, identity);

  it('puts every figure of the metrics into its column', () => {
    expect(metrics).toEqual({
      symbol: 'SPX',
      horizon: '1D',
      validation_date: '2024-01-02T03:04:05Z',
      window_id: 1499,
      train_rmse: result.metrics.train.rmse,
      val_rmse: result.metrics.validation.rmse,
      test_rmse: result.metrics.test.rmse,
      divergence: assessment.divergence.divergence,
      divergence_threshold: 0.2,
      is_overfitting: false,
      model_count: 2,
      models_used: ['LSTM', 'ARIMA_GARCH'],
      n_train_samples: 1000,
      n_val_samples: 250,
      n_test_samples: 251,
      data_span_days: 2,
      hyperparameters: {
        ensemble: 'candidate',
        config_hash: 'abc',
        mean_factor: 0.5,
        members: { LSTM: { hiddenUnits: 8 }, ARIMA_GARCH: { variance: 'gjr' } },
      },
      directional_accuracy: result.metrics.test.directionalAccuracy,
      mean_absolute_error: result.metrics.test.meanAbsoluteError,
      trained_at: '2024-01-02T03:04:05Z',
    });
  });

  it('puts every finding of the tests into its column', () => {
    const { noChange, fhs } = result.benchmarks;
    const { selectionGap, fitOptimism } = assessment;
    const shares = result.metrics.test.coverage.map(({ share }) => share);
    expect(tests).toEqual({
      ensemble: 'candidate',
      config_hash: 'abc',
      code_version: '9.9.9',
      data_cutoff: '2020-01-02',
      first_bar_time: '2020-01-01',
      last_bar_time: '2020-01-03',
      benchmark_train_rmse: noChange.train.rmse,
      benchmark_val_rmse: noChange.validation.rmse,
      benchmark_test_rmse: noChange.test.rmse,
      train_crps: result.metrics.train.crps,
      val_crps: result.metrics.validation.crps,
      test_crps: result.metrics.test.crps,
      benchmark_train_crps: fhs.train.crps,
      benchmark_val_crps: fhs.validation.crps,
      benchmark_test_crps: fhs.test.crps,
      rmse_divergence: assessment.divergence.divergence,
      crps_divergence: assessment.crpsDivergence.divergence,
      level: 'normal',
      selection_gap: selectionGap.squaredError.gap,
      selection_gap_p: selectionGap.squaredError.pValue,
      selection_gap_crps: selectionGap.crps.gap,
      selection_gap_crps_p: selectionGap.crps.pValue,
      fit_optimism: fitOptimism.squaredError.gap,
      fit_optimism_p: fitOptimism.squaredError.pValue,
      fit_optimism_crps: fitOptimism.crps.gap,
      fit_optimism_crps_p: fitOptimism.crps.pValue,
      backtest_overfitting_probability: assessment.backtestOverfittingProbability,
      trials: 24,
      selection_bias: assessment.selectionBias,
      foresight_mean: assessment.foresight.mean,
      foresight_scale: assessment.foresight.scale,
      implausible_skill: false,
      volatility_shift: assessment.volatilityShift,
      raw_divergence: assessment.rawDivergence,
      base_rate: result.metrics.test.baseRate,
      coverage: { 50: shares[0], 80: shares[1], 90: shares[2], 95: shares[3] },
      verdict: 'ok',
      reasons: [],
    });
  });

  it.each([
    [[], false, [], 'ok'],
    [[], true, ['gap'], 'overfitting'],
    [['too good'], false, [], 'implausible'],
    [['too good'], true, ['gap'], 'implausible'],
  ])(
    'with implausible skill %o and overfitting %s says why and %s',
    (implausibleSkill, isOverfitting, reasons, verdict) => {
      const rows = validationRows(
        result,
        { ...assessment, implausibleSkill, verdict: { ...assessment.verdict, isOverfitting, reasons } },
        identity,
      );
      expect(rows.tests).toMatchObject({ verdict, reasons: [...implausibleSkill, ...reasons] });
      expect(rows.metrics).toMatchObject({ is_overfitting: isOverfitting });
      expect(rows.tests.implausible_skill).toBe(implausibleSkill.length > 0);
    },
  );
});
