/** The distribution of a standardised residual: both have mean 0 and variance 1. */
export type Innovations = 'normal' | 't';

/** The density of residuals whose variances are known: the last factor of mean x volatility x distribution. */
export interface InnovationDistribution {
  readonly name: Innovations;
  /**
   * The log density of one residual.
   *
   * @param variance positive
   * @param nu degrees of freedom, above 2; not used by the normal
   */
  logDensity(residual: number, variance: number, nu: number): number;
  /**
   * The negative sum of {@link logDensity} over all residuals, and its derivatives.
   *
   * @param byResidual receives the derivative by each residual
   * @param byVariance receives the derivative by each variance
   */
  negativeLogLikelihood(
    residuals: Float64Array,
    variances: Float64Array,
    nu: number,
    byResidual: Float64Array,
    byVariance: Float64Array,
  ): { readonly value: number; readonly byNu: number };
}
