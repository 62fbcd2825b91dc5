import pow from '@stdlib/math-base-special-pow';
import { autocovariances } from './autocovariances.ts';
import { meanOf } from './mean.ts';

/** A mean of values that may depend on their neighbours. */
export interface HacMean {
  readonly mean: number;
  /** Newey-West standard error of the mean. */
  readonly standardError: number;
}

/** Newey and West's (1994) rule of thumb: 4 (n / 100)^(2/9) lags, rounded down. */
export function neweyWestLags(n: number): number {
  return Math.floor(4 * pow(n / 100, 2 / 9));
}

/**
 * Lags for the mean of scores of forecasts that look `steps` bars ahead: Newey and West's, and at least twice the
 * steps - 1 bars over which outcomes overlap. Bartlett weights over these alone would leave out a third of an
 * overlapping mean's variance.
 *
 * @returns fewer than values
 */
export function overlapLags(n: number, steps: number): number {
  return Math.min(n - 1, Math.max(2 * (steps - 1), neweyWestLags(n)));
}

/**
 * The mean and its heteroskedasticity and autocorrelation consistent standard error (Newey and West 1987): autocovariances
 * up to `lags`, with Bartlett weights 1 - k / (lags + 1), which keep the variance from being negative.
 *
 * @param values in the order of time, at least two
 * @param lags 0 or more; fewer than values
 * @throws RangeError for fewer than two values or a number of lags that does not fit
 */
export function hacMean(values: Float64Array, lags: number): HacMean {
  const n = values.length;
  if (n < 2) throw new RangeError(`A standard error needs at least 2 values, got ${n}`);
  if (!Number.isInteger(lags) || lags < 0 || lags >= n) {
    throw new RangeError(`${lags} lags do not fit ${n} values: 0 to ${n - 1}`);
  }
  const covariances = autocovariances(values, lags);
  let longRun = covariances[0];
  for (let k = 1; k <= lags; k++) longRun += 2 * (1 - k / (lags + 1)) * covariances[k];
  return { mean: meanOf(values), standardError: Math.sqrt(Math.max(0, longRun) / n) };
}
