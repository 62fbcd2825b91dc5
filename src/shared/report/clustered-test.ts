import { type HacMean, hacMean, overlapLags } from '../numerics/hac-mean.ts';

/** A loss difference on a day. */
export interface DatedDifference {
  /** Orders as time does. */
  readonly time: string;
  /** Loss of the model minus loss of the benchmark; negative when the model is better. */
  readonly difference: number;
}

/** Whether the mean difference of many symbols differs from 0. */
export interface ClusteredTest {
  readonly days: number;
  /** Mean over days of the day's summed differences. */
  readonly daily: HacMean;
  /** `daily.mean` over its standard error; negative when the model is better. Null without variation. */
  readonly t: number | null;
}

/**
 * The test of Diebold and Mariano (1995) on symbols together: what happens on one day is one observation, since symbols move
 * together, and days are weighed by how many symbols they hold. Newey-West standard errors: see
 * `overlapLags`.
 *
 * @param differences of any number of symbols, in any order
 * @param steps that a forecast looks ahead: outcomes of neighbouring days overlap. Default 1
 * @returns null for fewer than two days
 */
export function clusteredTest(differences: readonly DatedDifference[], steps = 1): ClusteredTest | null {
  const sums = new Map<string, number>();
  for (const { time, difference } of differences) sums.set(time, (sums.get(time) ?? 0) + difference);
  const days = sums.size;
  if (days < 2) return null;
  const ordered = [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const daily = hacMean(
    Float64Array.from(ordered, ([, sum]) => sum),
    overlapLags(days, steps),
  );
  return { days, daily, t: daily.standardError > 0 ? daily.mean / daily.standardError : null };
}
