import gammaln from '@stdlib/math-base-special-gammaln';
import ln from '@stdlib/math-base-special-ln';
import { LN_PI } from '../constants.ts';

/** From here few terms of an asymptotic series do, and keep digits that a difference of ln Gamma loses. */
const LARGE_NU = 40;

/**
 * ln(2 Gamma((nu + 1) / 2) / (sqrt(pi) Gamma(nu / 2))), which is the log density of |T| at 0 plus ln(nu) / 2; for a large nu
 * from DLMF 5.11.8.
 *
 * @param nu positive
 */
export function logStudentTNormalisation(nu: number): number {
  if (nu < LARGE_NU) {
    return Math.LN2 - 0.5 * LN_PI + gammaln(0.5 * (nu + 1)) - gammaln(0.5 * nu);
  }
  const r = 1 / (nu * nu);
  const series = -1 / 4 + r * (1 / 24 - r * (1 / 20 - r * (17 / 112 - r * (31 / 36))));
  return 0.5 * (Math.LN2 - LN_PI + ln(nu)) + series / nu;
}
