import ln from '@stdlib/math-base-special-ln';
import { log1p } from '../log1p.ts';
import { continuedFraction } from './continued-fraction.ts';
import type { ScaledProbability } from './scaled-probability.ts';
import { logStudentTNormalisation } from './student-t-normalisation.ts';

/** From here 1 + s^2 is s^2, to rounding. */
const FAR = 1e8;

/**
 * Probabilities of the size of Student's t, P(|T| <= t) and P(|T| > t): with z = t^2 / (nu + t^2) the regularised incomplete
 * beta functions I_z(1/2, nu / 2), near the middle, by its series (DLMF 8.17.8), and I_(1 - z)(nu / 2, 1/2), beyond, by the
 * continued fraction of DiDonato and Morris (1992, algorithm 708), which takes no more terms for a large nu. Exact to 4e-13,
 * relative, down to 1e-300.
 *
 * @param t positive and finite
 * @param nu degrees of freedom, positive and finite
 */
export function studentTSize(t: number, nu: number): ScaledProbability {
  const s = t / Math.sqrt(nu);
  const isFar = s > FAR;
  const inner = 1 / (1 + s * s);
  const outer = isFar ? 1 : s * s * inner;
  const logSpread = isFar ? 2 * ln(t) - ln(nu) : log1p(s * s);
  // Of t times the density of the size.
  const logScale =
    logStudentTNormalisation(nu) - 0.5 * nu * logSpread + (isFar ? 0 : ln(s * Math.sqrt(inner)));
  const isMiddle = outer * (nu + 5) < 3;
  const ratio = isMiddle ? middleSeries(outer, nu) : 0.5 / tailFraction(inner, outer, nu);
  return { side: isMiddle ? 'lower' : 'upper', logScale, ratio, elasticity: 1 / ratio };
}

/** 1 + (nu + 1) / 3 z + (nu + 1)(nu + 3) / (3 5) z^2 + ... */
function middleSeries(z: number, nu: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (z * (nu + 2 * n - 1)) / (2 * n + 1);
    sum += term;
  }
  return sum;
}

function tailFraction(inner: number, outer: number, nu: number): number {
  const a = 0.5 * nu;
  const first = a * outer - 0.5 * inner + 1;
  return continuedFraction(
    (a / (a + 1)) * first,
    (n) => {
      const divisor = a + 2 * n - 1;
      return ((a + n - 1) / divisor) * ((a + n - 0.5) / divisor) * n * (0.5 - n) * inner * inner;
    },
    (n) =>
      n + (n * (0.5 - n) * inner) / (a + 2 * n - 1) + ((a + n) / (a + 2 * n + 1)) * (first + n * (1 + outer)),
  );
}
