import ln from '@stdlib/math-base-special-ln';
import { logStudentTNormalisation } from '../numerics/distributions/student-t-normalisation.ts';
import { log1p } from '../numerics/log1p.ts';

/**
 * Logarithmic score of a Student t forecast with location and scale: minus the log density at the outcome; smaller is
 * better. Location 0 and scale 1 are the plain t.
 *
 * @param scale of the plain t: the standard deviation is `scale * sqrt(nu / (nu - 2))` for nu above 2
 * @param nu degrees of freedom, above 0
 * @throws RangeError unless scale and nu are positive
 */
export function logScoreStudentT(location: number, scale: number, nu: number, outcome: number): number {
  if (!(scale > 0) || !(nu > 0)) {
    throw new RangeError(
      `A t forecast needs a positive scale and positive degrees of freedom, not ${scale} and ${nu}.`,
    );
  }
  const z = (outcome - location) / scale;
  return (
    Math.LN2 - logStudentTNormalisation(nu) + 0.5 * ln(nu) + ln(scale) + 0.5 * (nu + 1) * log1p((z * z) / nu)
  );
}

/**
 * The same of a t distribution given by its mean and standard deviation, as GARCH models with t innovations forecast.
 *
 * @param nu degrees of freedom, above 2
 * @throws RangeError unless the standard deviation is positive and nu above 2
 */
export function logScoreStandardisedT(
  mean: number,
  standardDeviation: number,
  nu: number,
  outcome: number,
): number {
  if (!(standardDeviation > 0) || !(nu > 2)) {
    throw new RangeError(
      `A t forecast needs a positive standard deviation and more than 2 degrees of freedom, not ${standardDeviation} and ${nu}.`,
    );
  }
  return logScoreStudentT(mean, standardDeviation * Math.sqrt((nu - 2) / nu), nu, outcome);
}
