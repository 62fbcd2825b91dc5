/** The levels at which every predictive distribution is held: 0.005, 0.010, ... 0.995. */
export const QUANTILE_LEVELS: readonly number[] = Array.from({ length: 199 }, (_, i) => (i + 1) / 200);

/** What a forecast says of the log return over its horizon. A point alone is not a forecast. */
export interface PredictiveDistribution {
  /** Expected log return, a fraction. */
  readonly mean: number;
  /** Standard deviation of the log return before the residuals' shape is applied; positive. */
  readonly scale: number;
  /** Quantiles of the log return at {@link QUANTILE_LEVELS}, never decreasing. */
  readonly quantiles: Float64Array;
}
