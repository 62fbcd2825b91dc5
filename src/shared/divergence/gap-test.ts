import { normalCdf } from '../numerics/distributions/normal.ts';
import { hacMean, overlapLags } from '../numerics/hac-mean.ts';

/** A one-sided test of whether a model's standing against its benchmark is worse on the later of two parts. */
export interface GapTest {
  /** Mean standardised score difference on the earlier part; negative where the model beat the benchmark. */
  readonly earlierMean: number;
  /** The same on the later part. */
  readonly laterMean: number;
  /** `laterMean - earlierMean`: positive when the model's standing worsened. */
  readonly gap: number;
  /** Of the gap; the parts share no bar, so their variances add up. */
  readonly standardError: number;
  /** Probability of a gap this large or larger when there is none. */
  readonly pValue: number;
  /** The smallest gap that counts. */
  readonly floor: number;
}

/**
 * Tests the gap between the means of two parts' score differences, with Newey-West standard errors and the normal
 * distribution (Diebold and Mariano 1995, on the difference of two parts).
 *
 * Lags: see `overlapLags`. They allow for outcomes that overlap, and for volatile bars that follow one another.
 *
 * @param horizon steps of a forecast; default 1
 * @throws RangeError when a part has fewer than two bars
 */
export function gapTest(earlier: Float64Array, later: Float64Array, floor: number, horizon = 1): GapTest {
  const before = hacMean(earlier, overlapLags(earlier.length, horizon));
  const after = hacMean(later, overlapLags(later.length, horizon));
  const gap = after.mean - before.mean;
  const standardError = Math.sqrt(
    before.standardError * before.standardError + after.standardError * after.standardError,
  );
  return {
    earlierMean: before.mean,
    laterMean: after.mean,
    gap,
    standardError,
    pValue: oneSidedP(gap, standardError),
    floor,
  };
}

/** Without any variation (the model is its benchmark) a gap is as it is: certain if positive, none otherwise. */
function oneSidedP(gap: number, standardError: number): number {
  if (standardError > 0) return normalCdf(-gap / standardError);
  return gap > 0 ? 0 : 1;
}
