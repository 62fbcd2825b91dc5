/** A direction in which parameters move, and the parameter that leads: it moves by 1. */
export interface FreeDirection {
  readonly leader: number;
  readonly direction: Float64Array;
}

/**
 * The directions in which parameters can move while linear combinations of them stay as they are: a basis of the null space
 * of the combinations, by Gauss-Jordan elimination.
 *
 * @param combinations coefficients by place, one row each
 * @param scales of the parameters, positive: where there is a choice, those of small scale lead and those of large scale
 *   follow
 * @returns one direction for each parameter that can be chosen freely; the unit vectors when there is no combination
 */
export function freeDirections(
  combinations: readonly Float64Array[],
  scales: readonly number[],
): FreeDirection[] {
  const rows: Float64Array[] = [];
  const followers: number[] = [];
  const weight = (row: Float64Array, place: number) => Math.abs(row[place]) * scales[place];
  for (const combination of combinations) {
    const row = combination.slice();
    rows.forEach((earlier, r) => {
      subtract(row, earlier, row[followers[r]]);
    });
    const follower = row.reduce((best, _, i) => (weight(row, i) > weight(row, best) ? i : best), 0);
    const most = combination.reduce((largest, _, i) => Math.max(largest, weight(combination, i)), 0);
    // What follows from the earlier ones says nothing new.
    if (!(weight(row, follower) > 1e-9 * most)) continue;
    const divisor = row[follower];
    row.forEach((value, i) => {
      row[i] = value / divisor;
    });
    for (const earlier of rows) subtract(earlier, row, earlier[follower]);
    rows.push(row);
    followers.push(follower);
  }
  const leaders = scales.map((_, i) => i).filter((i) => !followers.includes(i));
  return leaders.map((leader) => {
    const direction = new Float64Array(scales.length);
    direction[leader] = 1;
    rows.forEach((row, r) => {
      direction[followers[r]] = 0 - row[leader];
    });
    return { leader, direction };
  });
}

function subtract(from: Float64Array, row: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i] -= times * row[i];
}
