import type { OverfittingAssessment } from '../divergence/assess-overfitting.ts';
import { droppedMembersJson } from '../ensemble/dropped-member.ts';
import { failedCandidatesJson } from '../ensemble/failed-candidate.ts';
import type { WindowResult } from '../evaluation/window-result.ts';
import { windowVerdict } from '../evaluation/window-verdict.ts';
import type { Json } from '../json.ts';

/** What the rows say beside the window's result. */
export interface ValidationIdentity {
  readonly horizon: string;
  readonly codeVersion: string;
  /** The run's clock: when the window was validated, ISO 8601 in UTC. */
  readonly validatedAt: string;
}

type Row = { readonly [column: string]: Json };

/** A window's result and what the overfitting tests found in it, as its row of `ensemble_validation_metrics` and its row of `overfitting_tests`. */
export function validationRows(
  result: WindowResult,
  overfitting: OverfittingAssessment,
  identity: ValidationIdentity,
): { readonly metrics: Row; readonly tests: Row } {
  const { metrics, benchmarks } = result;
  const { implausibleSkill, verdict } = overfitting;
  return {
    metrics: {
      symbol: result.symbol,
      horizon: identity.horizon,
      validation_date: identity.validatedAt,
      window_id: result.windowId,
      train_rmse: metrics.train.rmse,
      val_rmse: metrics.validation.rmse,
      test_rmse: metrics.test.rmse,
      divergence: overfitting.divergence.divergence,
      divergence_threshold: verdict.threshold,
      is_overfitting: verdict.isOverfitting,
      model_count: result.modelsUsed.length,
      models_used: result.modelsUsed,
      n_train_samples: result.sampleSizes.train,
      n_val_samples: result.sampleSizes.validation,
      n_test_samples: result.sampleSizes.test,
      data_span_days: result.dataSpanDays,
      hyperparameters: {
        ensemble: result.ensemble,
        config_hash: result.configHash,
        mean_factor: result.meanFactor,
        members: Object.fromEntries(Object.entries(result.hyperparameters)),
        // Only where there is something to say: an ensemble is whole unless its row tells otherwise.
        ...(result.dropped.length > 0 && { dropped: droppedMembersJson(result.dropped) }),
        ...(result.failedCandidates.length > 0 && {
          failed_candidates: failedCandidatesJson(result.failedCandidates),
        }),
      },
      directional_accuracy: metrics.test.directionalAccuracy,
      mean_absolute_error: metrics.test.meanAbsoluteError,
      trained_at: identity.validatedAt,
    },
    tests: {
      ensemble: result.ensemble,
      config_hash: result.configHash,
      code_version: identity.codeVersion,
      data_cutoff: result.cutoffTime,
      first_bar_time: result.firstBarTime,
      last_bar_time: result.lastBarTime,
      benchmark_train_rmse: benchmarks.noChange.train.rmse,
      benchmark_val_rmse: benchmarks.noChange.validation.rmse,
      benchmark_test_rmse: benchmarks.noChange.test.rmse,
      train_crps: metrics.train.crps,
      val_crps: metrics.validation.crps,
      test_crps: metrics.test.crps,
      benchmark_train_crps: benchmarks.fhs.train.crps,
      benchmark_val_crps: benchmarks.fhs.validation.crps,
      benchmark_test_crps: benchmarks.fhs.test.crps,
      rmse_divergence: overfitting.divergence.divergence,
      crps_divergence: overfitting.crpsDivergence.divergence,
      level: verdict.level,
      selection_gap: overfitting.selectionGap.squaredError.gap,
      selection_gap_p: overfitting.selectionGap.squaredError.pValue,
      selection_gap_crps: overfitting.selectionGap.crps.gap,
      selection_gap_crps_p: overfitting.selectionGap.crps.pValue,
      fit_optimism: overfitting.fitOptimism.squaredError.gap,
      fit_optimism_p: overfitting.fitOptimism.squaredError.pValue,
      fit_optimism_crps: overfitting.fitOptimism.crps.gap,
      fit_optimism_crps_p: overfitting.fitOptimism.crps.pValue,
      backtest_overfitting_probability: overfitting.backtestOverfittingProbability,
      trials: overfitting.trials,
      selection_bias: overfitting.selectionBias,
      foresight_mean: overfitting.foresight.mean,
      foresight_scale: overfitting.foresight.scale,
      implausible_skill: implausibleSkill.length > 0,
      volatility_shift: overfitting.volatilityShift,
      raw_divergence: overfitting.rawDivergence,
      base_rate: metrics.test.baseRate,
      coverage: Object.fromEntries(
        metrics.test.coverage.map(({ level, share }) => [String(Math.round(100 * level)), share]),
      ),
      verdict: windowVerdict(verdict.isOverfitting, implausibleSkill.length > 0),
      reasons: [...implausibleSkill, ...verdict.reasons],
    },
  };
}
