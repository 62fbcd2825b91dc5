/**
 * |validation - test| / validation of a model's RMSEs: the measure that others use. It mostly measures the change of
 * volatility, and is kept so that anyone can compare.
 *
 * @throws RangeError when the validation RMSE is not positive
 */
export function rawDivergence(validationRmse: number, testRmse: number): number {
  if (!(validationRmse > 0)) {
    throw new RangeError(`The validation RMSE is ${validationRmse}, but must be positive`);
  }
  return Math.abs(validationRmse - testRmse) / validationRmse;
}
