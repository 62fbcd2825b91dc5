import { QUANTILE_LEVELS } from '../../models/predictive-distribution.ts';
import { pinball } from './pinball.ts';

/**
 * Continuous ranked probability score from quantiles: twice the mean pinball loss over `QUANTILE_LEVELS`.
 *
 * In the unit of the outcome; smaller is better. The integral over all levels (Laio and Tamea 2007, eq. 4) as a mean over
 * the 199 levels; the tails beyond 0.5 % and 99.5 % count as the mean of the rest.
 *
 * @param quantiles at `QUANTILE_LEVELS`, never decreasing
 */
export function crpsFromQuantiles(quantiles: Float64Array, outcome: number): number {
  let sum = 0;
  for (let i = 0; i < quantiles.length; i++) sum += pinball(quantiles[i], outcome, QUANTILE_LEVELS[i]);
  return (2 * sum) / quantiles.length;
}
