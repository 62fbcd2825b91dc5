import { FitError } from '../errors/fit-error.ts';
import { logReturns } from './log-returns.ts';
import { notFinite } from './not-finite.ts';
import { raiseRefusals } from './raise-refusals.ts';
import type { Series } from './series.ts';

/** Log returns that all lie within this of one another carry no information but rounding. */
const CONSTANT_RANGE = 1e-12;

/**
 * Refuses a series that no model can be fitted to.
 *
 * @param minimumBars the bars the model needs
 * @throws FitError `too_few_bars`; `not_finite` for a price that is NaN, infinite, zero or negative; `constant_series` when
 *   every log return is the same
 */
export function requireFitSeries(series: Series, minimumBars: number): void {
  requireBars(series, series.close.length, minimumBars);
  requirePrices(series, series.close.length);
  const returns = logReturns(series.close);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of returns) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high - low > CONSTANT_RANGE)) {
    throw new FitError(
      'constant_series',
      `All ${returns.length} log returns of ${series.symbol} are ${low}: there is nothing to fit`,
      { symbol: series.symbol, bars: series.close.length },
    );
  }
}

/**
 * Refuses a history that nothing can be predicted from: only the first `bars` bars are looked at, so that what comes after
 * a cutoff cannot matter.
 *
 * @throws FitError `too_few_bars`, `not_finite`
 */
export function requireHistory(series: Series, bars: number, minimumBars: number): void {
  requireBars(series, bars, minimumBars);
  requirePrices(series, bars);
}

function requireBars(series: Series, have: number, need: number): void {
  if (have < need) {
    throw new FitError('too_few_bars', `${series.symbol} has ${have} bars, and ${need} are needed`, {
      symbol: series.symbol,
      have,
      need,
    });
  }
}

function requirePrices(series: Series, bars: number): void {
  const refused = notFinite(series, bars);
  if (refused !== undefined) raiseRefusals([refused]);
}
