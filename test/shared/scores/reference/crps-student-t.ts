import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { studentTCdf } from '../../../../src/shared/numerics/distributions/student-t.ts';
import { logStudentTNormalisation } from '../../../../src/shared/numerics/distributions/student-t-normalisation.ts';
import { log1p } from '../../../../src/shared/numerics/log1p.ts';

/**
 * Continuous ranked probability score of a Student t forecast, closed form (Jordan, Krueger and Lerch 2019, appendix A):
 * in the outcome's unit, smaller is better.
 *
 * @param location centre of the distribution
 * @param scale of the plain t: the standard deviation is `scale * sqrt(nu / (nu - 2))` for nu above 2
 * @param nu degrees of freedom, above 1
 * @throws RangeError unless scale is positive and nu above 1
 */
export function crpsStudentT(location: number, scale: number, nu: number, outcome: number): number {
  if (!(scale > 0) || !(nu > 1)) {
    throw new RangeError(
      `A t forecast needs a positive scale and more than 1 degree of freedom, not ${scale} and ${nu}.`,
    );
  }
  const z = (outcome - location) / scale;
  const normalisation = logStudentTNormalisation(nu);
  const logDensity = normalisation - Math.LN2 - 0.5 * ln(nu) - 0.5 * (nu + 1) * log1p((z * z) / nu);
  // B(1/2, nu - 1/2) / B(1/2, nu/2)^2; the former is the same quotient of Gamma functions for 2 nu - 1.
  const logBetas = 2 * normalisation - logStudentTNormalisation(2 * nu - 1) - Math.LN2;
  const density = exp(logDensity);
  return (
    scale *
    (z * (2 * studentTCdf(z, nu) - 1) +
      (2 * density * (nu + z * z)) / (nu - 1) -
      (2 * Math.sqrt(nu) * exp(logBetas)) / (nu - 1))
  );
}
