/** A HAR model of a bar's log variance measure, and what ties it to returns. Numbers as they are: a person can read them. */
export interface HarModel {
  readonly intercept: number;
  /** Of the last bar's log measure. */
  readonly daily: number;
  /** Of the mean log measure of the last 5 bars. */
  readonly weekly: number;
  /** Of the mean log measure of the last 22 bars. */
  readonly monthly: number;
  /** Variance of the regression's errors, in squared logarithms. */
  readonly errorVariance: number;
  /** Mean of (return - mean)^2 over the measure's one-step forecast: brings the measure to the return's scale. */
  readonly calibration: number;
  /** Expected log return of a bar. */
  readonly mean: number;
}

/** Bars in the model's longest mean. */
export const HAR_MEMORY = 22;
/** Bars in the weekly mean. */
const WEEK = 5;

/** What the next log measure is regressed on beside a constant: the last one, the means of the last 5 and the last 22. */
export function harRegressors(logs: ArrayLike<number>, end = logs.length): readonly [number, number, number] {
  return [logs[end - 1], meanOfLast(logs, end, WEEK), meanOfLast(logs, end, HAR_MEMORY)];
}

/** The same model as an autoregression of order 22. */
export function harAutoregression({ daily, weekly, monthly }: HarModel): number[] {
  return Array.from(
    { length: HAR_MEMORY },
    (_, lag) => (lag === 0 ? daily : 0) + (lag < WEEK ? weekly / WEEK : 0) + monthly / HAR_MEMORY,
  );
}

function meanOfLast(logs: ArrayLike<number>, end: number, count: number): number {
  let sum = 0;
  for (let i = end - count; i < end; i++) sum += logs[i];
  return sum / count;
}
