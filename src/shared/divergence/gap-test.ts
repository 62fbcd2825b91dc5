import { normalCdf } from '../numerics/distributions/normal.ts';
import { hacMean, neweyWestLags } from '../numerics/hac-mean.ts';

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
 * Lags: at least horizon - 1, over which overlapping forecasts are correlated, and at least Newey and West's (1994) rule of
 * thumb 4 (n / 100)^(2/9), because volatile bars follow one another.
 *
 * @throws RangeError when a part has fewer bars than lags
 */
export function gapTest(earlier: Float64Array, later: Float64Array, floor: number, horizon = 1): GapTest {
  const before = hacMean(earlier, lagsFor(earlier.length, horizon));
  const after = hacMean(later, lagsFor(later.length, horizon));
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

function lagsFor(bars: number, horizon: number): number {
  return Math.max(horizon - 1, neweyWestLags(bars));
}

/** Without any variation (the model is its benchmark) a gap is as it is: certain if positive, none otherwise. */
function oneSidedP(gap: number, standardError: number): number {
  if (standardError > 0) return normalCdf(-gap / standardError);
  return gap > 0 ? 0 : 1;
}
