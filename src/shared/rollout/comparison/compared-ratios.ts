/**
 * The ratios for which the least values of an origin are known, ascending: those of the tests by the default criteria, and some to find bounds with.
 *
 * Twin: the SQL function `internal.compared_ratios`, compared in test/database/computed-twice.test.ts.
 */
export const COMPARED_RATIOS: readonly number[] = [
  0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.02, 1.05, 1.1, 1.25, 1.5, 2, 4,
];

/**
 * The least value for a ratio, or somewhat less. A least value over outcomes is concave in what the baseline's score is multiplied by, so that the
 * chord between two ratios lies below it: a floor that is too low makes no wrong decision likelier.
 *
 * @param floors one for each of the ratios
 * @param factor what the score is multiplied by: the ratio, or its square where scores are squares
 * @returns -Infinity beyond the ratios
 */
export function floorAt(
  ratio: number,
  ratios: readonly number[],
  floors: readonly number[],
  factor: (ratio: number) => number,
): number {
  const next = ratios.findIndex((known) => known >= ratio);
  if (next < 0 || (next === 0 && ratios[0] !== ratio)) return -Infinity;
  if (ratios[next] === ratio) return floors[next];
  const from = factor(ratios[next - 1]);
  const share = (factor(ratio) - from) / (factor(ratios[next]) - from);
  return (1 - share) * floors[next - 1] + share * floors[next];
}
