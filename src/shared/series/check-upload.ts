import { type BarRules, checkBars } from './check-bars.ts';
import type { DataNote } from './data-finding.ts';
import { mergeBars } from './merge-bars.ts';
import type { BarColumns } from './series.ts';

/** Stored bars on either side of an upload that the gate looks at with it: what tells how much a price usually moves, and twice over. */
export const UPLOAD_MARGIN = 120;

/**
 * The gate for bars that are to be stored: they are looked at together with the stored ones around them, so that what is wrong where both
 * join is found as it is inside of one file. A gap between both is told and not refused: the stored bars are a part of a series.
 *
 * @param stored the bars that are there, from {@link UPLOAD_MARGIN} before the first given one to as many after the last
 * @returns the notes
 * @throws FitError see {@link checkBars}
 */
export function checkUpload(given: BarColumns, stored: BarColumns, rules: BarRules): readonly DataNote[] {
  return checkBars(mergeBars(stored, given), { ...rules, isPart: stored.times.length > 0 }).notes;
}
