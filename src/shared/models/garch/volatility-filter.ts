/** A volatility model with fixed parameters, run along residuals: holds the variance of the next one. */
export interface VolatilityFilter {
  /** Variance of the next residual. */
  readonly variance: number;
  /**
   * Takes the residual that came.
   *
   * @param logMeasure log of the range measure of the same bar, NaN where there is none; only realized GARCH looks at it
   */
  update(residual: number, logMeasure: number): void;
  /** Expected variances of the next `steps` residuals; the first is {@link variance}. */
  forecast(steps: number): Float64Array;
}
