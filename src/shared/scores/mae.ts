import { requirePairs } from './require-pairs.ts';

/** Mean absolute error, in the outcomes' unit. @throws RangeError when lengths differ or are 0 */
export function mae(outcomes: Float64Array, forecasts: Float64Array): number {
  const n = requirePairs(outcomes, forecasts);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.abs(outcomes[i] - forecasts[i]);
  return sum / n;
}
