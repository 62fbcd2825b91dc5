import exp from '@stdlib/math-base-special-exp';
import { normalCdf } from '../../../../src/shared/numerics/distributions/normal.ts';

const INVERSE_SQRT_PI = 0.5641895835477563;
const INVERSE_SQRT_TWO_PI = 0.3989422804014327;

/**
 * Continuous ranked probability score of a normal forecast, closed form (Gneiting and Raftery 2007, section 4.2,
 * after eq. 21, with the sign turned): in the outcome's unit, smaller is better.
 *
 * @throws RangeError unless the standard deviation is positive
 */
export function crpsNormal(mean: number, standardDeviation: number, outcome: number): number {
  if (!(standardDeviation > 0)) {
    throw new RangeError(`A normal forecast needs a positive standard deviation, not ${standardDeviation}.`);
  }
  const z = (outcome - mean) / standardDeviation;
  const density = INVERSE_SQRT_TWO_PI * exp(-0.5 * z * z);
  return standardDeviation * (z * (2 * normalCdf(z) - 1) + 2 * density - INVERSE_SQRT_PI);
}
