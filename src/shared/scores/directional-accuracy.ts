import { requirePairs } from './require-pairs.ts';

/**
 * Share of forecasts with the outcome's sign, 0 to 1, among the bars on which both the return and the forecast have one.
 *
 * @returns null when there is no such bar: a forecast of 0 has no direction to be right or wrong about
 * @throws RangeError when lengths differ or are 0
 */
export function directionalAccuracy(returns: Float64Array, forecasts: Float64Array): number | null {
  const n = requirePairs(returns, forecasts);
  let counted = 0;
  let right = 0;
  for (let i = 0; i < n; i++) {
    if (returns[i] === 0 || forecasts[i] === 0) continue;
    counted++;
    if (returns[i] > 0 === forecasts[i] > 0) right++;
  }
  return counted === 0 ? null : right / counted;
}

/**
 * The directional accuracy of always saying "up": share of positive returns among those that are not 0. What a directional
 * accuracy must be read beside.
 *
 * @returns null when every return is 0
 */
export function baseRate(returns: Float64Array): number | null {
  let counted = 0;
  let up = 0;
  for (const value of returns) {
    if (value === 0) continue;
    counted++;
    if (value > 0) up++;
  }
  return counted === 0 ? null : up / counted;
}
