/** A likelihood whose gradient is known: what a search climbs and standard errors are taken from. */
export interface Likelihood {
  /** By place in a vector of parameters. */
  readonly parameterNames: readonly string[];
  /**
   * The negative log-likelihood; Infinity where it does not exist.
   *
   * @param gradient receives the derivatives by `parameters`
   */
  evaluate(parameters: Float64Array, gradient: Float64Array): number;
  /** The log density of each observation given those before it; their sum is minus {@link evaluate}. */
  logDensities(parameters: Float64Array): Float64Array;
  /** The size of a change in each parameter that is small but matters: what finite differences scale with. */
  parameterScales(parameters: Float64Array): Float64Array;
}
