import { QUANTILE_LEVELS } from '../numerics/distributions/predictive-distribution.ts';

/** Prediction intervals whose coverage is published. */
export const COVERAGE_LEVELS: readonly number[] = [0.5, 0.8, 0.9, 0.95];

/**
 * Places of an interval's ends in `QUANTILE_LEVELS`: the central interval of `level` goes from the (1 - level) / 2 quantile
 * to the (1 + level) / 2 quantile.
 *
 * Twin: the SQL function `internal.is_covered`, compared in test/database/forecast-scores.test.ts.
 *
 * @throws RangeError when an end is not among the 199 levels (level must be a multiple of 0.01 between 0 and 1)
 */
export function intervalPlaces(level: number): { readonly lower: number; readonly upper: number } {
  const lower = Math.round((1 - level) * 100) - 1;
  const upper = QUANTILE_LEVELS.length - 1 - lower;
  if (lower < 0 || lower >= upper || Math.abs(QUANTILE_LEVELS[upper] - (1 + level) / 2) > 1e-12) {
    throw new RangeError(`No two of the 199 quantiles bound the central ${level} interval`);
  }
  return { lower, upper };
}
