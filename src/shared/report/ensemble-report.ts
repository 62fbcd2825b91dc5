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
import { informedFhs } from '../evaluation/benchmarks.ts';
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
 * @param steps that a forecast looks ahead; default 1
 */
export function ensembleReport(
  configuration: EnsembleConfiguration,
  windows: readonly EvaluatedWindow[],
  steps = 1,
): EnsembleReport {
  const symbols = [...new Set(windows.map(({ result }) => result.symbol))];
  const bySymbol = symbols.map((symbol) => windows.filter(({ result }) => result.symbol === symbol));
  const knowsEvents = windows.some(({ result }) => result.test.eventFhs !== null);
  const forecasts = bySymbol.map((own) => forecastsOfSymbol(own, knowsEvents));
  const tests = symbolTests(forecasts, steps);
  return {
    ensemble: configuration.ensemble,
    config_hash: configurationHash(configuration),
    configuration,
    windows: windows.map((window) => windowReport(window, configuration, knowsEvents, steps)),
    symbols: bySymbol.map((own, s) => ({
      symbol: symbols[s],
      models: modelFigures([forecasts[s]], steps),
      verdicts: countVerdicts(own),
      overfitting: pooledOverfittingReport(own, steps),
      tests: tests[s],
    })),
    pooled: {
      models: modelFigures(forecasts, steps),
      verdicts: countVerdicts(windows),
      confidence_set: pooledConfidenceSet(forecasts.map(crpsByModel), steps),
    },
  };
}

function windowReport(
  window: EvaluatedWindow,
  configuration: EnsembleConfiguration,
  knowsEvents: boolean,
  steps: number,
): WindowReport {
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
    models: modelFigures([forecastsOfSymbol([window], knowsEvents)], steps),
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
function modelFigures(symbols: readonly ForecastsByModel[], steps: number): ModelFigures {
  const entries = Object.keys(symbols[0]).map((name) => [
    name,
    figures(
      symbols.map((models) => models[name]),
      steps,
    ),
  ]);
  return Object.fromEntries(entries) as ModelFigures;
}

/** A symbol's windows as one stretch by model. @param knowsEvents whether any symbol of the report has events */
function forecastsOfSymbol(windows: readonly EvaluatedWindow[], knowsEvents: boolean): ForecastsByModel {
  const byWindow = windows.map((window) => ({ window, models: forecastsByModel(window, knowsEvents) }));
  return Object.fromEntries(
    Object.keys(byWindow[0].models).map((name) => [
      name,
      joinStretches(byWindow.map(({ window, models }) => stretchOf(window, models[name]))),
    ]),
  );
}

function crpsByModel(models: ForecastsByModel): DatedLosses {
  return {
    times: models.ensemble.times,
    losses: Object.fromEntries(Object.entries(models).map(([name, { model }]) => [name, model.crps])),
  };
}

function stretchOf({ result: { symbol, test } }: EvaluatedWindow, model: ScoredForecasts): ScoredStretch {
  return {
    symbol,
    times: test.times,
    onEvent: test.onEvent,
    model,
    noChange: test.noChange,
    fhs: test.fhs,
  };
}

/** The ensemble first, then its members in the other combination and alone, then the benchmarks. */
function forecastsByModel(
  { result, benchmarks }: EvaluatedWindow,
  knowsEvents: boolean,
): Record<string, ScoredForecasts> {
  const { combinations, ensemble, members, noChange, fhs, eventFhs, weighting } = result.test;
  const other = weighting === 'calibrated' ? 'simple_avg' : 'calibrated';
  return {
    ensemble,
    [other]: combinations[other],
    ...(members as Record<string, ScoredForecasts>),
    no_change: noChange,
    fhs,
    ...(knowsEvents && { fhs_events: informedFhs({ fhs, eventFhs }) }),
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

function pooledOverfittingReport(
  windows: readonly EvaluatedWindow[],
  steps: number,
): PooledOverfittingReport {
  const found = assessPooled(
    windows.map(({ result: { windowId, scored }, assessment: { selectionBias } }) => ({
      windowId,
      scored,
      selectionBias,
    })),
    undefined,
    steps,
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
