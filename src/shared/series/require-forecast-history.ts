import { parseDate } from '../calendars/civil-date.ts';
import { FitError } from '../errors/fit-error.ts';
import type { Series } from './series.ts';

/** Bars without which nothing is forecast, whatever the sizes of the windows. */
const MINIMUM_FORECAST_BARS = 100;
/** Calendar days that those bars must span, first to last. */
const MINIMUM_FORECAST_DAYS = 30;

/**
 * Refuses bars that are too few, or span too little time, for any forecast.
 *
 * Twin: the SQL function `internal.forecast_shortages`, compared in test/database/computed-twice.test.ts.
 *
 * @throws FitError `too_few_bars` below {@link MINIMUM_FORECAST_BARS}; `too_short_span` below {@link MINIMUM_FORECAST_DAYS}.
 *   The details say what is there and what is needed
 */
export function requireForecastHistory({ symbol, times }: Series): void {
  const bars = times.length;
  if (bars < MINIMUM_FORECAST_BARS) {
    throw new FitError(
      'too_few_bars',
      `${symbol} has ${bars} bars to forecast from, and ${MINIMUM_FORECAST_BARS} are needed at least`,
      { symbol, have: bars, need: MINIMUM_FORECAST_BARS },
    );
  }
  const [first, last] = [times[0].slice(0, 10), times[bars - 1].slice(0, 10)];
  const days = parseDate(last) - parseDate(first);
  if (days < MINIMUM_FORECAST_DAYS) {
    throw new FitError(
      'too_short_span',
      `The ${bars} bars of ${symbol} span ${days} days, ${first} to ${last}, and ${MINIMUM_FORECAST_DAYS} are needed at least`,
      { symbol, have_days: days, need_days: MINIMUM_FORECAST_DAYS, first, last },
    );
  }
}
