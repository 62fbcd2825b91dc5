import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import type { CovariateMeasure } from '../../series/covariate.ts';
import { returnsByBar } from '../../series/log-returns.ts';
import { garmanKlassOvernightVariance } from '../../series/range-measures.ts';
import type { Series } from '../../series/series.ts';
import { HeldLogMeasure } from './held-log-measure.ts';
import { nextBarCalendars } from './next-bar-calendar.ts';
import { relativeLogVolume } from './relative-volume.ts';
import { trailingMeans } from './trailing-means.ts';

const WEEK = 5;
const MONTH = 22;
const QUARTER = 66;

/** Calendar days to the next bar from which on a weekend is long. */
const LONG_WEEKEND = 4;
/** Moves beyond this many of the month's ranges count as so many: a price error may be 50. */
const LARGEST_MOVE = 6;
/**
 * A level's log counts as within this of its mean over the week, and that of the month's: an index doubles, but 1,000
 * for 10 is an error.
 */
const LARGEST_LEVEL_MOVE = 1;

/** Columns by name, one element a bar. */
export type Columns = Readonly<Record<string, Float64Array>>;

/** What the path looks at of each bar when it has closed; no element depends on a later bar. */
export interface PathColumns {
  /**
   * Half the log of each bar's variance from its range (Garman and Klass, and the night), held (see
   * `HeldLogMeasure`); NaN before any bar has moved.
   */
  readonly logRanges: Float64Array;
  /** Log return from the bar before; NaN for the first bar. */
  readonly returns: Float64Array;
  /** Of the series' own bars: NaN where `logRanges` is. */
  readonly own: Columns;
  /** Of covariates that are levels; NaN where any of them is. Undefined where there is none. */
  readonly level: Columns | undefined;
  /** The same of covariates that are ranges. */
  readonly others: Columns | undefined;
}

/** @throws InvalidInputError `invalid_date` for a bar whose time is no date */
export function pathColumns(series: Series): PathColumns {
  const returns = returnsByBar(series.close);
  const variances = garmanKlassOvernightVariance(series);
  // Nothing is known of the first bar's night.
  variances[0] = Number.NaN;
  const logRanges = heldLogRanges(variances);
  const levels = meanOfCovariates(series, 'level', (values) =>
    values.map((value) => (value > 0 ? ln(value) : Number.NaN)),
  );
  const others = meanOfCovariates(series, 'range', heldLogRanges);
  return {
    logRanges,
    returns,
    own: ownColumns(series, logRanges, returns),
    level: levels && levelColumns(levels),
    others: others && { othersRange: others },
  };
}

function ownColumns(series: Series, logRanges: Float64Array, returns: Float64Array): Columns {
  const week = trailingMeans(logRanges, WEEK);
  const month = trailingMeans(logRanges, MONTH);
  const quarter = trailingMeans(logRanges, QUARTER);
  const volume = relativeLogVolume(series.volume);
  const eachBar = (value: (t: number) => number) =>
    logRanges.map((log, t) => (Number.isNaN(log) ? Number.NaN : value(t)));
  /** In units of the month's range over as many bars. */
  const inRanges = (move: number, bars: number, t: number) =>
    Math.max(-LARGEST_MOVE, Math.min(LARGEST_MOVE, move / (exp(month[t]) * Math.sqrt(bars))));
  const calendar = nextBarCalendars(series);
  return {
    rangeQuarter: quarter,
    rangeMonth: eachBar((t) => month[t] - quarter[t]),
    rangeWeek: eachBar((t) => week[t] - month[t]),
    rangeDay: eachBar((t) => logRanges[t] - week[t]),
    move: eachBar((t) => inRanges(Math.abs(returns[t]), 1, t)),
    fall: eachBar((t) => inRanges(Math.max(0, -returns[t]), 1, t)),
    weekFall: eachBar((t) => inRanges(ln(series.close[Math.max(0, t - WEEK)] / series.close[t]), WEEK, t)),
    drawdown: eachBar((t) => ln(highestClose(series.close, t) / series.close[t])),
    volume,
    volumeWeek: trailingMeans(volume, WEEK),
    longWeekend: Float64Array.from(calendar, ({ days }) => (days >= LONG_WEEKEND ? 1 : 0)),
    halfDay: Float64Array.from(calendar, ({ halfDay }) => halfDay),
    monthEnd: Float64Array.from(calendar, ({ monthEnd }) => monthEnd),
    monthStart: Float64Array.from(calendar, ({ monthStart }) => monthStart),
  };
}

function highestClose(close: Float64Array, t: number): number {
  let highest = close[t];
  for (let i = Math.max(0, t - MONTH + 1); i < t; i++) highest = Math.max(highest, close[i]);
  return highest;
}

function levelColumns(levels: Float64Array): Columns {
  const week = trailingMeans(levels, WEEK);
  const month = trailingMeans(levels, MONTH);
  const within = (value: number) => Math.max(-LARGEST_LEVEL_MOVE, Math.min(LARGEST_LEVEL_MOVE, value));
  return {
    levelMonth: month,
    levelWeek: month.map((mean, t) => within(week[t] - mean)),
    levelDay: week.map((mean, t) => within(levels[t] - mean)),
  };
}

/** @returns undefined where there is none of the kind; NaN where one of them is */
function meanOfCovariates(
  { covariates = [] }: Series,
  measure: CovariateMeasure,
  logs: (values: Float64Array) => Float64Array,
): Float64Array | undefined {
  const columns = covariates.filter((one) => one.measure === measure).map(({ values }) => logs(values));
  if (columns.length === 0) return undefined;
  return columns[0].map((_, t) => columns.reduce((sum, column) => sum + column[t], 0) / columns.length);
}

/** NaN where the variance is, and before the first that is positive. */
function heldLogRanges(variances: Float64Array): Float64Array {
  const hold = new HeldLogMeasure();
  return variances.map((variance) =>
    Number.isNaN(variance) ? Number.NaN : (hold.next(variance) ?? Number.NaN) / 2,
  );
}
