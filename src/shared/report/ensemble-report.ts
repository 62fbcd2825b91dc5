import type {
  CalibrationReport,
  EnsembleReport,
  GapReport,
  ModelFigures,
  OverfittingReport,
  PooledOverfittingReport,
  Verdicts,
  WindowReport,
} from '../contracts/evaluation-report.ts';
import type { OverfittingAssessment } from '../divergence/assess-overfitting.ts';
import type { GapTests } from '../divergence/overfitting-verdict.ts';
import { assessPooled } from '../divergence/pooled-assessment.ts';
import { configurationHash } from '../ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../ensemble/ensemble-configuration.ts';
import type { WindowResult } from '../evaluation/window-result.ts';
import type { ScoredForecasts } from '../scores/scored-forecasts.ts';
import { asSentence } from '../wording/as-sentence.ts';
import { type DatedLosses, pooledConfidenceSet } from './confidence-set.ts';
import type { EvaluatedWindow } from './evaluate-window.ts';
import { figures } from './figures.ts';
import { joinStretches, type ScoredStretch } from './scored-stretch.ts';
import { type ForecastsByModel, symbolTests } from './symbol-tests.ts';

/**
 * The report on one ensemble: each window, each symbol with its windows together, and all pooled.
 *
 * @param windows of any symbols, each symbol's oldest first; test parts must not share bars
 */
export function ensembleReport(
  configuration: EnsembleConfiguration,
  windows: readonly EvaluatedWindow[],
): EnsembleReport {
  const symbols = [...new Set(windows.map(({ result }) => result.symbol))];
  const bySymbol = symbols.map((symbol) => windows.filter(({ result }) => result.symbol === symbol));
  const forecasts = bySymbol.map(forecastsOfSymbol);
  const tests = symbolTests(forecasts);
  return {
    ensemble: configuration.ensemble,
    config_hash: configurationHash(configuration),
    configuration,
    windows: windows.map((window) => windowReport(window, configuration)),
    symbols: bySymbol.map((own, s) => ({
      symbol: symbols[s],
      models: modelFigures([forecasts[s]]),
      verdicts: countVerdicts(own),
      overfitting: pooledOverfittingReport(own),
      tests: tests[s],
    })),
    pooled: {
      models: modelFigures(forecasts),
      verdicts: countVerdicts(windows),
      confidence_set: pooledConfidenceSet(forecasts.map(crpsByModel)),
    },
  };
}

function windowReport(window: EvaluatedWindow, configuration: EnsembleConfiguration): WindowReport {
  const { result, assessment } = window;
  return {
    symbol: result.symbol,
    window_id: result.windowId,
    first_bar_time: result.firstBarTime,
    data_cutoff: result.cutoffTime,
    last_bar_time: result.lastBarTime,
    train_rmse: result.metrics.train.rmse,
    val_rmse: result.metrics.validation.rmse,
    test_rmse: result.metrics.test.rmse,
    weights: { ...configuration.weights },
    calibration: calibrationReport(result),
    hyperparameters: result.hyperparameters as WindowReport['hyperparameters'],
    mean_factor: result.meanFactor,
    models: modelFigures([forecastsOfSymbol([window])]),
    overfitting: overfittingReport(assessment),
  };
}

function calibrationReport({ calibration, hyperparameters, modelsUsed }: WindowResult): CalibrationReport {
  const { decided, lastWeights } = calibration;
  const byMember = (members: readonly string[], weights: readonly number[]) =>
    Object.fromEntries(members.map((member, m) => [member, weights[m]]));
  return {
    method: decided.method,
    samples: decided.samples,
    span_days: decided.spanDays,
    reason_code: decided.reason?.code ?? null,
    reason: decided.reason && asSentence(decided.reason.message),
    weights_at_start: byMember(Object.keys(hyperparameters), decided.weights),
    weights_at_end: byMember(modelsUsed, lastWeights),
  };
}

/** Figures by model over symbols. */
function modelFigures(symbols: readonly ForecastsByModel[]): ModelFigures {
  const entries = Object.keys(symbols[0]).map((name) => [
    name,
    figures(symbols.map((models) => models[name])),
  ]);
  return Object.fromEntries(entries) as ModelFigures;
}

/** A symbol's windows as one stretch by model. */
function forecastsOfSymbol(windows: readonly EvaluatedWindow[]): ForecastsByModel {
  const names = Object.keys(forecastsByModel(windows[0]));
  return Object.fromEntries(
    names.map((name) => [name, joinStretches(windows.map((window) => stretchOf(window, name)))]),
  );
}

function crpsByModel(models: ForecastsByModel): DatedLosses {
  return {
    times: models.ensemble.times,
    losses: Object.fromEntries(Object.entries(models).map(([name, { model }]) => [name, model.crps])),
  };
}

function stretchOf(window: EvaluatedWindow, name: string): ScoredStretch {
  const { symbol, test } = window.result;
  return {
    symbol,
    times: test.times,
    model: forecastsByModel(window)[name],
    noChange: test.noChange,
    fhs: test.fhs,
  };
}

/** The ensemble first, then its members in the other combination and alone, then the benchmarks. */
function forecastsByModel({ result, benchmarks }: EvaluatedWindow): Record<string, ScoredForecasts> {
  const { combinations, ensemble, members, noChange, fhs, weighting } = result.test;
  const other = weighting === 'calibrated' ? 'simple_avg' : 'calibrated';
  return {
    ensemble,
    [other]: combinations[other],
    ...(members as Record<string, ScoredForecasts>),
    no_change: noChange,
    fhs,
    ...benchmarks,
  };
}

function overfittingReport(assessment: OverfittingAssessment): OverfittingReport {
  const { implausibleSkill, verdict } = assessment;
  return {
    divergence: assessment.divergence.divergence,
    crps_divergence: assessment.crpsDivergence.divergence,
    selection_gap: gapReport(assessment.selectionGap),
    fit_optimism: gapReport(assessment.fitOptimism),
    backtest_overfitting_probability: assessment.backtestOverfittingProbability,
    trials: assessment.trials,
    selection_bias: assessment.selectionBias,
    foresight: assessment.foresight,
    volatility_shift: assessment.volatilityShift,
    raw_divergence: assessment.rawDivergence,
    is_overfitting: verdict.isOverfitting,
    is_implausible: implausibleSkill.length > 0,
    reasons: [...verdict.reasons, ...implausibleSkill],
  };
}

function pooledOverfittingReport(windows: readonly EvaluatedWindow[]): PooledOverfittingReport {
  const found = assessPooled(
    windows.map(({ result: { windowId, scored }, assessment: { selectionBias } }) => ({
      windowId,
      scored,
      selectionBias,
    })),
  );
  return {
    divergence: found.divergence.divergence,
    crps_divergence: found.crpsDivergence.divergence,
    selection_gap: gapReport(found.selectionGap),
    fit_optimism: gapReport(found.fitOptimism),
    selection_bias: found.selectionBias,
    foresight: found.foresight,
    is_overfitting: found.verdict.isOverfitting,
    is_implausible: found.implausibleSkill.length > 0,
    reasons: [...found.verdict.reasons, ...found.implausibleSkill],
  };
}

function gapReport({ squaredError, crps }: GapTests): GapReport {
  const report = ({ gap, pValue, floor }: GapTests['crps']) => ({ gap, p_value: pValue, floor });
  return { squared_error: report(squaredError), crps: report(crps) };
}

function countVerdicts(windows: readonly EvaluatedWindow[]): Verdicts {
  const count = (holds: (assessment: OverfittingAssessment) => boolean) =>
    windows.filter(({ assessment }) => holds(assessment)).length;
  const above = (measure: (assessment: OverfittingAssessment) => number) => ({
    '0.15': count((assessment) => measure(assessment) > 0.15),
    '0.20': count((assessment) => measure(assessment) > 0.2),
    '0.30': count((assessment) => measure(assessment) > 0.3),
  });
  return {
    windows: windows.length,
    overfitting: count(({ verdict }) => verdict.isOverfitting),
    implausible: count(({ implausibleSkill }) => implausibleSkill.length > 0),
    divergence_above: above(({ divergence }) => divergence.divergence),
    raw_divergence_above: above(({ rawDivergence }) => rawDivergence),
  };
}
