import type { MemberName } from '../models/forecaster.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';

/** Forecasts of consecutive test bars, as they are made. */
export interface ObservedForecasts {
  /** As a report names it: `simple_avg`, `calibrated`, a member, or a benchmark. */
  readonly model: string;
  /** Ordinal of the first bar within the window. */
  readonly from: number;
  readonly forecasts: readonly PredictiveDistribution[];
  /** Of a combination: each bar's weights of the members. */
  readonly weights?: readonly Readonly<Partial<Record<MemberName, number>>>[];
}

/**
 * Is told of each forecast of a window's test part, for who wants more than its scores. Of a validation that resumes
 * from a checkpoint it hears only what is forecast from there on.
 */
export type ForecastObserver = (observed: ObservedForecasts) => void;
