/** What a model expects of the log return over the next steps, cumulated. */
export interface MeanAndScale {
  readonly mean: number;
  /** Standard deviation; positive. */
  readonly scale: number;
  /** Over several steps: what each adds to the variance, the first one's first. Default as much each. */
  readonly variances?: Float64Array;
}
