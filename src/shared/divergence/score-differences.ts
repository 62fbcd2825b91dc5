/** A bar's standardised difference counts at most this much: a crash must not decide a window by itself. */
export const DIFFERENCE_CAP = 25;

/**
 * Score of the model less that of the benchmark, bar by bar, in units of the volatility that was expected before the bar;
 * negative where the model is better. Capped at {@link DIFFERENCE_CAP} both ways.
 *
 * @param unit by bar: the expected volatility for scores in the unit of returns (CRPS), its square for squared errors;
 *   positive
 * @throws RangeError when the lengths differ or a unit is not positive
 */
export function scoreDifferences(
  model: Float64Array,
  benchmark: Float64Array,
  unit: Float64Array,
): Float64Array {
  if (model.length !== benchmark.length || model.length !== unit.length) {
    throw new RangeError(
      `Scores of ${model.length}, ${benchmark.length} and ${unit.length} bars cannot be compared: the bars must be the same`,
    );
  }
  return model.map((score, i) => {
    if (!(unit[i] > 0)) throw new RangeError(`The unit of bar ${i} is ${unit[i]}, but must be positive`);
    return Math.max(-DIFFERENCE_CAP, Math.min(DIFFERENCE_CAP, (score - benchmark[i]) / unit[i]));
  });
}
