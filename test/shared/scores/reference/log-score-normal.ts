import ln from '@stdlib/math-base-special-ln';
import { LN_TWO_PI } from '../../../../src/shared/numerics/constants.ts';

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
  return 0.5 * LN_TWO_PI + ln(standardDeviation) + 0.5 * z * z;
}
