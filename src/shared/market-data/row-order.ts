import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { FileFaults } from './file-faults.ts';
import type { TimedRow } from './read-times.ts';

export type RowOrder = 'oldest_first' | 'newest_first';

/** Of rows that have the date of the row before, the share from which on a file is one of bars within days. */
const SHARE_WITHIN_DAYS = 1 / 3;

/**
 * Brings the rows of a file into order: from oldest to newest, where they are that or the reverse.
 *
 * @param faults gets `duplicate_date` and `disordered_date`
 * @throws InvalidInputError `intraday_bars` when a file of days has several bars on a third of the dates or more
 */
export function orderRows(
  rows: readonly TimedRow[],
  faults: FileFaults,
): { readonly rows: readonly TimedRow[]; readonly order: RowOrder } {
  let [later, earlier] = [0, 0];
  for (let i = 1; i < rows.length; i++) {
    if (rows[i].time > rows[i - 1].time) later++;
    else if (rows[i].time < rows[i - 1].time) earlier++;
  }
  refuseIntraday(rows);
  const order = earlier > later ? 'newest_first' : 'oldest_first';
  const lines = new Map<string, number>();
  for (const [i, { line, time }] of rows.entries()) {
    const first = lines.get(time);
    const previous = rows[i - 1]?.time;
    if (first !== undefined) {
      faults.add({
        ...{ line, date: time, code: 'duplicate_date' },
        ...{ what: `${time} is there twice, on line ${first} too`, rule: 'a file has one bar of a time' },
      });
    } else if (previous !== undefined && (order === 'oldest_first' ? time < previous : time > previous)) {
      faults.add({
        ...{ line, date: time, code: 'disordered_date', what: `${time} comes after ${previous}` },
        ...{ rule: 'bars go from oldest to newest, or all from newest to oldest' },
      });
    }
    if (first === undefined) lines.set(time, line);
  }
  return { rows: order === 'newest_first' ? [...rows].reverse() : rows, order };
}

function refuseIntraday(rows: readonly TimedRow[]): void {
  const again = rows.filter(
    (row, i) => i > 0 && row.time === rows[i - 1].time && row.clock !== rows[i - 1].clock,
  );
  if (again.length === 0 || again.length < rows.length * SHARE_WITHIN_DAYS) return;
  const [{ line, time, clock }] = again;
  const count = rows.filter((row) => row.time === time).length;
  throw new InvalidInputError(
    'intraday_bars',
    `The file has bars of parts of a day: ${count} of ${time}, of which line ${line} is at ${clock}. A file of 1D has one bar a date`,
    { line },
  );
}
