import type { EnsembleConfiguration } from '../../shared/ensemble/ensemble-configuration.ts';
import type { Window } from '../../shared/evaluation/rolling-windows.ts';
import type { EvaluatedWindow } from '../../shared/report/evaluate-window.ts';
import type { Series } from '../../shared/series/series.ts';

/** One window of one symbol with one ensemble: what a worker thread is given. */
export interface EvaluateTask {
  /** The bars of the window, and no others. */
  readonly series: Series;
  /** Within `series`; its name stays the ordinal in the whole series. */
  readonly window: Window;
  readonly configuration: EnsembleConfiguration;
  /** Bars that a forecast looks ahead. */
  readonly steps: number;
  /** Bars of the configuration's companions, none after the window. */
  readonly companions: readonly Series[];
  /** Whether the forecasts themselves are wanted beside their scores. */
  readonly wantsForecasts: boolean;
}

/** A worker thread's answer. */
export type EvaluateAnswer =
  | {
      readonly evaluated: EvaluatedWindow;
      /** Lines of the file of forecasts; empty unless they are wanted. */
      readonly forecastLines: string;
    }
  | { readonly failure: { readonly code: string; readonly message: string } };
