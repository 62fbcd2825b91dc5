import { assessOverfitting, type OverfittingAssessment } from '../divergence/assess-overfitting.ts';
import { judgeFit } from '../divergence/judge-fit.ts';
import type { EnsembleConfiguration } from '../ensemble/ensemble-configuration.ts';
import type { ForecastObserver } from '../evaluation/forecast-observer.ts';
import type { Window } from '../evaluation/rolling-windows.ts';
import type { WindowResult } from '../evaluation/window-result.ts';
import { windowValidation } from '../evaluation/window-validation.ts';
import type { StepBudget } from '../models/forecaster.ts';
import type { ScoredForecasts } from '../scores/scored-forecasts.ts';
import type { Series } from '../series/series.ts';
import { type FurtherBenchmark, scoreFurtherBenchmarks } from './report-benchmarks.ts';

/** A window that was validated, with all that a report says of it. */
export interface EvaluatedWindow {
  readonly result: WindowResult;
  readonly assessment: OverfittingAssessment;
  readonly benchmarks: Readonly<Record<FurtherBenchmark, ScoredForecasts>>;
}

/** What an evaluation may be given beside the bars. */
export interface EvaluationOptions {
  /** Bars that a forecast looks ahead; default 1. */
  readonly steps?: number;
  /** Series of the configuration's companions; default none. */
  readonly companions?: readonly Series[];
  /** Told of the test part's forecasts; default nobody is. */
  readonly observe?: ForecastObserver;
  /** Told the share of the work done, 0 to 1, after each unit. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Validates one window from beginning to end: the same computation as the job's, so the same bits.
 *
 * @throws FitError, InvalidInputError as `windowValidation`
 */
export function evaluateWindow(
  series: Series,
  window: Window,
  configuration: EnsembleConfiguration,
  { steps = 1, companions = [], observe, onProgress }: EvaluationOptions = {},
): EvaluatedWindow {
  const validation = windowValidation({
    ...{ series, window, configuration, steps, companions, observe },
    judgeFit: (train, validation) => judgeFit(train, validation, undefined, steps),
  });
  const oneUnit: StepBudget = { expired: () => true };
  while (!validation.step(oneUnit)) onProgress?.(validation.progress());
  const result = validation.result();
  return {
    result,
    assessment: assessOverfitting(result.scored, { horizon: steps }),
    benchmarks: scoreFurtherBenchmarks(series, window, steps, observe),
  };
}
