import { crpsFromQuantiles } from '../../src/shared/scores/crps.ts';
import { STANDARD_QUANTILES, standardOutcome } from './simulated-pairs.ts';

/** Outcomes at the middle of as many equally likely parts. */
const PARTS = 4000;

/** Expected CRPS of a forecast whose scale is a multiple of the true one, where the true one's is 1. */
function expectedCrps(scale: number): number {
  const quantiles = Float64Array.from(STANDARD_QUANTILES, (quantile) => scale * quantile);
  let sum = 0;
  for (let i = 0; i < PARTS; i++) sum += crpsFromQuantiles(quantiles, standardOutcome((i + 0.5) / PARTS));
  return sum / PARTS;
}

/** The scale whose expected CRPS is exactly `1 + margin` times that of the true one: above 1 when `isWide`, else below. */
export function scaleExactlyWorse(margin: number, isWide: boolean): number {
  const wanted = (1 + margin) * expectedCrps(1);
  let near = 1;
  let far = isWide ? 5 : 0.1;
  for (let i = 0; i < 40; i++) {
    const middle = (near + far) / 2;
    if (expectedCrps(middle) < wanted) near = middle;
    else far = middle;
  }
  return far;
}

/** The error of a mean, in true standard deviations, whose RMSE is exactly `1 + margin` times that of the true one. */
export function meanErrorExactlyWorse(margin: number): number {
  return Math.sqrt((1 + margin) * (1 + margin) - 1);
}
