/**
 * How volatility changed from validation to test: the ratio of the RMSEs of "no change". Reported beside the other
 * measures, never an alarm: it says nothing of the model.
 *
 * @throws RangeError when the validation RMSE is not positive
 */
export function volatilityShift(benchmarkValidationRmse: number, benchmarkTestRmse: number): number {
  if (!(benchmarkValidationRmse > 0)) {
    throw new RangeError(
      `The benchmark's validation RMSE is ${benchmarkValidationRmse}, but must be positive`,
    );
  }
  return benchmarkTestRmse / benchmarkValidationRmse;
}
