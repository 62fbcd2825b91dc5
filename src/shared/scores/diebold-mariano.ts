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

export interface DieboldMarianoOptions {
  /** Bars that a forecast looks ahead; default 1. */
  readonly horizon?: number;
  /**
   * Of the autocovariances: `none`, the default, weighs them all by 1, and goes to Bartlett weights where the variance is then not
   * positive; `bartlett` always takes these (`varestimator = "bartlett"` in R).
   */
  readonly weights?: 'none' | 'bartlett';
  /**
   * Autocovariances in the variance; default horizon - 1, as many as overlapping forecasts have. More of them, with Bartlett
   * weights, allow for losses that depend on their neighbours' for other reasons.
   */
  readonly lags?: number;
}

/**
 * The test of Diebold and Mariano (1995) with the small-sample correction of Harvey, Leybourne and Newbold (1997), as R's
 * `forecast::dm.test`.
 *
 * @param differences loss of the first forecast minus loss of the second, bar by bar
 * @returns null when all differences are the same, up to rounding: then there is no variance to compare with
 * @throws RangeError when there are not more differences than the horizon and the lags, the horizon is no positive integer, or there
 *   are fewer lags than horizon - 1
 */
export function dieboldMariano(
  differences: Float64Array,
  options: DieboldMarianoOptions = {},
): DieboldMarianoTest | null {
  const { horizon = 1, weights = 'none', lags = horizon - 1 } = options;
  const n = differences.length;
  if (!Number.isInteger(horizon) || horizon < 1 || n <= horizon || n < 2) {
    throw new RangeError(`${n} differences are too few for a horizon of ${horizon}`);
  }
  if (lags < horizon - 1) {
    throw new RangeError(`Forecasts ${horizon} bars ahead overlap in ${horizon - 1} lags, not ${lags}`);
  }
  const covariances = autocovariances(differences, lags);
  const { mean, standardError } = hacMean(differences, lags);
  if (!(covariances[0] > ROUNDING * mean * mean)) return null;
  let variance = covariances[0];
  for (let k = 1; k <= lags; k++) variance += 2 * covariances[k];
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
