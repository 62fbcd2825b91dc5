import exp from '@stdlib/math-base-special-exp';
import { deviance } from './deviance.ts';
import { normalCdf } from './normal.ts';
import type { ScaledProbability } from './scaled-probability.ts';
import { stirlingError } from './stirling-error.ts';

/** Coefficients of shape^-k eta^j: row k, column j (Temme 1979; DiDonato and Morris 1986). */
const COEFFICIENTS = [
  [-1 / 3, 1 / 12, -2 / 135, 1 / 864, 1 / 2835, -139 / 777_600, 1 / 25_515],
  [-1 / 540, -1 / 288, 1 / 378, -77 / 77_760],
];
const TWO_PI = 2 * Math.PI;
/** Beyond, probabilities are below 1e-305. */
const FAR = 700;

/**
 * {@link incompleteGamma} for a large shape, by Temme's (1979) uniform asymptotic expansion (DLMF 8.12.3, 8.12.4 and
 * 8.12.7): with shape eta^2 / 2 the deviance of x, the normal distribution at eta sqrt(shape) and a correction.
 *
 * @param x positive
 * @param shape at least 1e5: there what the terms left out would add is below 2e-13, relative to the smaller side
 */
export function gammaOfLargeShape(x: number, shape: number): ScaledProbability {
  const half = deviance(shape, x);
  const logScale = -half;
  // x f(x) at x = shape; elsewhere exp(-half) of it.
  const peak = Math.sqrt(shape / TWO_PI) * exp(-stirlingError(shape));
  const side = x > shape ? 'upper' : 'lower';
  if (!(half < FAR)) {
    // The leading term of either side: enough for a quantile's steps to come back from here.
    const elasticity = Math.abs(x - shape);
    return { side, logScale, ratio: peak / elasticity, elasticity };
  }
  const deviate = Math.sqrt(2 * half);
  const eta = (side === 'upper' ? deviate : -deviate) / Math.sqrt(shape);
  const series = COEFFICIENTS.reduceRight(
    (sum, row) => sum / shape + row.reduceRight((inner, coefficient) => inner * eta + coefficient, 0),
    0,
  );
  const correction = series / Math.sqrt(TWO_PI * shape);
  const ratio = normalCdf(-deviate) * exp(half) + (side === 'upper' ? correction : -correction);
  return { side, logScale, ratio, elasticity: peak / ratio };
}
