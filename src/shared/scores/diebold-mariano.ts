import { autocovariances } from '../numerics/autocovariances.ts';
import { studentTCdf } from '../numerics/distributions/student-t.ts';
import { hacMean } from '../numerics/hac-mean.ts';

/** Variance, relative to the squared mean, that rounding alone leaves among equal differences. */
const ROUNDING = 1e-24;

/** A test of equal predictive accuracy. */
export interface DieboldMarianoTest {
  /** Mean loss difference; negative when the first forecast is better. */
  readonly meanDifference: number;
  /** Compared with a t distribution of n - 1 degrees of freedom. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
  /** One-sided, against "the first forecast is better". */
  readonly pFirstBetter: number;
}

/**
 * The test of Diebold and Mariano (1995) with the small-sample correction of Harvey, Leybourne and Newbold (1997), as R's
 * `forecast::dm.test`.
 *
 * The variance sums the autocovariances up to horizon - 1: by default unweighted, and with Bartlett weights where that is
 * not positive; with `weights: 'bartlett'` always with these (`varestimator = "bartlett"` in R).
 *
 * @param differences loss of the first forecast minus loss of the second, bar by bar
 * @param horizon bars that a forecast looks ahead; default 1
 * @param weights of the autocovariances; default `none`
 * @returns null when all differences are the same, up to rounding: then there is no variance to compare with
 * @throws RangeError when there are not more differences than the horizon, or the horizon is no positive integer
 */
export function dieboldMariano(
  differences: Float64Array,
  horizon = 1,
  weights: 'none' | 'bartlett' = 'none',
): DieboldMarianoTest | null {
  const n = differences.length;
  if (!Number.isInteger(horizon) || horizon < 1 || n <= horizon || n < 2) {
    throw new RangeError(`${n} differences are too few for a horizon of ${horizon}.`);
  }
  const covariances = autocovariances(differences, horizon - 1);
  const { mean, standardError } = hacMean(differences, horizon - 1);
  if (!(covariances[0] > ROUNDING * mean * mean)) return null;
  let variance = covariances[0];
  for (let k = 1; k < horizon; k++) variance += 2 * covariances[k];
  variance = weights === 'none' && variance > 0 ? variance / n : standardError * standardError;
  if (!(variance > 0)) return null;
  const correction = Math.sqrt((n + 1 - 2 * horizon + (horizon * (horizon - 1)) / n) / n);
  const statistic = (correction * mean) / Math.sqrt(variance);
  return {
    meanDifference: mean,
    statistic,
    pValue: 2 * studentTCdf(-Math.abs(statistic), n - 1),
    pFirstBetter: studentTCdf(statistic, n - 1),
  };
}
