/**
 * What is read of a covariate's daily bars: the close, as of an index of volatility; or the variance measured from
 * the range.
 */
export const COVARIATE_MEASURES = ['level', 'range'] as const;
export type CovariateMeasure = (typeof COVARIATE_MEASURES)[number];

/** A series that is read beside a symbol's own bars, and what of it. */
export interface CovariateName {
  readonly symbol: string;
  readonly measure: CovariateMeasure;
}

/** A covariate beside the bars of a series. */
export interface Covariate extends CovariateName {
  /**
   * As long as the series: at a bar what was known when it had closed. Closes for `level`, squared log returns for
   * `range`; neither is negative. NaN where the covariate's session of that time has no bar: an older one does not
   * take its place.
   */
  readonly values: Float64Array;
}
