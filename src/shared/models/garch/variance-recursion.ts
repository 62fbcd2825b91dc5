/** Places of the parameters in vectors; GARCH, GJR and EGARCH share them. */
export const MU = 0;
export const OMEGA = 1;
export const ALPHA = 2;
export const GAMMA = 3;
export const BETA = 4;
/** Degrees of freedom, above 2; unused (and its gradient 0) when innovations are normal. */
export const NU = 5;
export const GARCH_PARAMETERS = 6;

/**
 * How variances follow from residuals: the middle factor of mean x volatility x distribution.
 *
 * The gradient is taken backwards (reverse mode): one pass from the last variance to the first gives the derivatives by
 * every parameter at once.
 */
export interface VarianceRecursion {
  /**
   * Fills the variances of the residuals.
   *
   * @param parameters by the places above
   * @param presample stands for what came before the first residual, see `RecursionStart`
   * @returns false when one is not positive or not finite
   */
  run(residuals: Float64Array, parameters: Float64Array, presample: number, variances: Float64Array): boolean;
  /**
   * After {@link run} with the same arguments: turns the derivatives of a value by the variances into those by the
   * parameters (written to `gradient`) and by the residuals (added to `byResidual`).
   *
   * @returns the derivative by `presample`
   */
  pullBack(
    residuals: Float64Array,
    parameters: Float64Array,
    presample: number,
    variances: Float64Array,
    byVariance: Float64Array,
    byResidual: Float64Array,
    gradient: Float64Array,
  ): number;
}
