import { lastSessionBy } from '../calendars/sessions.ts';
import { covariateLeftOut } from './check-covariates.ts';
import type { DataNote } from './data-finding.ts';
import { lastClosedDate } from './known-date.ts';
import type { Series } from './series.ts';
import { type CovariateSeries, withCovariates } from './with-covariates.ts';

/**
 * The series with those covariates beside its bars that are known at its last one; of the others a note says which
 * bar is missing.
 *
 * @param covariates see {@link withCovariates}
 */
export function withTimelyCovariates(
  series: Series,
  covariates: readonly CovariateSeries[],
): { readonly series: Series; readonly notes: readonly DataNote[] } {
  const last = series.times.length - 1;
  const known = withCovariates(series, covariates).covariates ?? [];
  const notes: DataNote[] = [];
  const timely = known.filter(({ symbol, measure, values }) => {
    if (!Number.isNaN(values[last])) return true;
    const { calendar } = covariates.find((one) => one.series.symbol === symbol)!.series;
    const session = lastSessionBy(lastClosedDate(series.times[last], series, calendar), calendar);
    notes.push(
      covariateLeftOut({ symbol, measure }, `${symbol} has no bar of ${session}`, { date: session }),
    );
    return false;
  });
  return { series: timely.length === 0 ? series : { ...series, covariates: timely }, notes };
}
