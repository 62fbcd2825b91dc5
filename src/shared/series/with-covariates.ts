import { nextSession } from '../calendars/sessions.ts';
import type { CovariateMeasure } from './covariate.ts';
import { lastClosedDate } from './known-date.ts';
import { garmanKlassOvernightVariance } from './range-measures.ts';
import type { Series } from './series.ts';

/** Daily bars of a covariate, and what is read of them. */
export interface CovariateSeries {
  readonly series: Series;
  readonly measure: CovariateMeasure;
}

/**
 * The series with covariates beside its bars; covariates that it had are replaced, and the symbol itself is left out.
 * A bar sees of a covariate its last session that had closed by then, by the calendars: a daily bar that of its own
 * date, or where the covariate's market closes later that of the day before, as a first half and a bar of eight hours
 * do.
 *
 * @param covariates daily bars; what lies after the last bar of the series is not looked at
 */
export function withCovariates(series: Series, covariates: readonly CovariateSeries[]): Series {
  const others = covariates.filter(({ series: { symbol } }) => symbol !== series.symbol);
  return {
    ...series,
    covariates: others.map(({ series: covariate, measure }) => ({
      symbol: covariate.symbol,
      measure,
      values: alignedValues(
        series.times.map((time) => lastClosedDate(time, series, covariate.calendar)),
        covariate,
        measure,
      ),
    })),
  };
}

function alignedValues(dates: readonly string[], covariate: Series, measure: CovariateMeasure): Float64Array {
  const { times, calendar } = covariate;
  const values = measure === 'level' ? covariate.close : garmanKlassOvernightVariance(covariate);
  let next = 0;
  let expectedFrom = '';
  return Float64Array.from(dates, (date) => {
    while (next < times.length && times[next] <= date) {
      next++;
      expectedFrom = '';
    }
    if (next === 0) return Number.NaN;
    if (expectedFrom === '') expectedFrom = nextSession(times[next - 1], calendar);
    return expectedFrom > date ? values[next - 1] : Number.NaN;
  });
}
