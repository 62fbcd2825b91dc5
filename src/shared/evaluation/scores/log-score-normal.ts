import ln from '@stdlib/math-base-special-ln';

const HALF_LN_TWO_PI = 0.9189385332046727;

/**
 * Logarithmic score of a normal forecast: minus the log density at the outcome; smaller is better.
 *
 * @throws RangeError unless the standard deviation is positive
 */
export function logScoreNormal(mean: number, standardDeviation: number, outcome: number): number {
  if (!(standardDeviation > 0)) {
    throw new RangeError(`A normal forecast needs a positive standard deviation, not ${standardDeviation}.`);
  }
  const z = (outcome - mean) / standardDeviation;
  return HALF_LN_TWO_PI + ln(standardDeviation) + 0.5 * z * z;
}
