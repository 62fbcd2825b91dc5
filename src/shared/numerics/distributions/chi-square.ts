import { gammaSurvival } from './gamma.ts';
import { requirePositive } from './require-parameters.ts';

/**
 * P(X > x) for the chi-square distribution: the p value of a chi-square test, exact however small.
 *
 * @throws RangeError unless the degrees of freedom are positive
 */
export function chiSquareSurvival(x: number, degreesOfFreedom: number): number {
  requirePositive('number of degrees of freedom', degreesOfFreedom);
  return gammaSurvival(x, 0.5 * degreesOfFreedom, 0.5);
}
