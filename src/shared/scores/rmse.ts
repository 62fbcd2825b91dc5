import { requirePairs } from './require-pairs.ts';

/** Root mean squared error, in the outcomes' unit. @throws RangeError when lengths differ or are 0 */
export function rmse(outcomes: Float64Array, forecasts: Float64Array): number {
  const n = requirePairs(outcomes, forecasts);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (outcomes[i] - forecasts[i]) * (outcomes[i] - forecasts[i]);
  return Math.sqrt(sum / n);
}
